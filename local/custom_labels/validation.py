"""The service's model, from botocore, and requests checked against it: required, type, min, max, pattern, enum."""

import base64
import binascii
import json
import re
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

from local.custom_labels.errors import ServiceError

# Python's re lacks \p{…}. Where the model uses it, its class holds letters, numbers and _ together, which are \w.
UNICODE_CLASSES = {
    r"\p{L}": r"\w",
    r"\p{N}": r"\w",
    r"\p{Z}": r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}


@cache
def service_model() -> Any:
    return ServiceModel(Loader().load_service_model("rekognition", "service-2"))


@cache
def input_shape(operation: str) -> Any:
    return service_model().operation_model(operation).input_shape


@cache
def output_shape(operation: str) -> Any:
    return service_model().operation_model(operation).output_shape


@cache
def limit(shape: str, bound: str) -> int:
    """A bound of a shape, such as limit("DatasetEntry", "max")."""
    return int(service_model().shape_for(shape).metadata[bound])


@cache
def compile_pattern(text: str) -> re.Pattern[str]:
    """A pattern of the model, to be matched against the whole of a value."""
    translated = text
    for name, members in UNICODE_CLASSES.items():
        translated = translated.replace(name, members)
    return re.compile(translated, 0 if translated != text else re.ASCII)


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text. ValueError, or RecursionError for one that is nested too deeply."""
    return _DECODER.decode(text if isinstance(text, str) else text.decode("utf-8"))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)


SHOWN_CHARACTERS = 100


def read_parameters(operation: str, given: dict[str, Any]) -> dict[str, Any]:
    """The members the model knows, nulls left out and blobs decoded; ValidationException for what it does not allow."""
    return _structure(input_shape(operation), given, "")


def _value(shape: Any, given: Any, path: str) -> Any:
    return _READERS[shape.type_name](shape, given, path)


def _structure(shape: Any, given: Any, path: str) -> dict[str, Any]:
    _expect_type(given, dict, "an object", path)
    for name in shape.required_members:
        if given.get(name) is None:
            raise _refusal(None, _member(path, name), "Member must not be null")
    return {
        name: _value(member, given[name], _member(path, name))
        for name, member in shape.members.items()
        if given.get(name) is not None
    }


def _list(shape: Any, given: Any, path: str) -> list[Any]:
    _expect_type(given, list, "a list", path)
    _expect_range(shape, len(given), given, path, "length")
    return [_value(shape.member, item, f"{path}[{position}]") for position, item in enumerate(given)]


def _map(shape: Any, given: Any, path: str) -> dict[str, Any]:
    _expect_type(given, dict, "a map", path)
    _expect_range(shape, len(given), given, path, "length")
    return {
        _value(shape.key, key, f"{path} (key)"): _value(shape.value, item, f"{path}['{_shown(key)}']")
        for key, item in given.items()
    }


def _string(shape: Any, given: Any, path: str) -> str:
    _expect_type(given, str, "a string", path)
    _expect_range(shape, len(given), given, path, "length")
    if not _is_unicode(given):
        raise _refusal(ascii(given), path, "Member must be Unicode text")
    if shape.enum and given not in shape.enum:
        raise _refusal(given, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not compile_pattern(pattern).fullmatch(given):
        raise _refusal(given, path, f"Member must satisfy regular expression pattern: {pattern}")
    return str(given)


def _integer(shape: Any, given: Any, path: str) -> int:
    if isinstance(given, bool):
        raise _refusal(given, path, "Member must be an integer")
    _expect_type(given, int, "an integer", path)
    _expect_range(shape, given, given, path, "value")
    return int(given)


def _boolean(_shape: Any, given: Any, path: str) -> bool:
    _expect_type(given, bool, "a boolean", path)
    return bool(given)


def _blob(shape: Any, given: Any, path: str) -> bytes:
    _expect_type(given, str, "a Base64 string", path)
    try:
        decoded = base64.b64decode(given, validate=True)
    except (binascii.Error, ValueError):
        raise _refusal(given, path, "Member must be valid Base64") from None
    _expect_range(shape, len(decoded), given, path, "length")
    return decoded


_READERS = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _integer,
    "boolean": _boolean,
    "blob": _blob,
}


def _is_unicode(text: str) -> bool:
    """Half a surrogate pair can be written in JSON, and in no UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _expect_type(given: Any, type_: type, article_and_type: str, path: str) -> None:
    if not isinstance(given, type_):
        raise _refusal(given, path, f"Member must be {article_and_type}")


def _expect_range(shape: Any, size: int, given: Any, path: str, measure: str) -> None:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    if minimum is not None and size < minimum:
        raise _refusal(given, path, f"Member must have {measure} greater than or equal to {minimum}")
    if maximum is not None and size > maximum:
        raise _refusal(given, path, f"Member must have {measure} less than or equal to {maximum}")


def _member(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _refusal(given: Any, path: str, constraint: str) -> ServiceError:
    value = "null" if given is None else f"'{_shown(given)}'"
    where = f"Value {value} at '{path}'"
    return ServiceError(
        "ValidationException", f"1 validation error detected: {where} failed to satisfy constraint: {constraint}"
    )


def _shown(given: Any) -> str:
    """The first characters of a value, at a cost that does not grow with it."""
    if isinstance(given, list | dict):
        return f"{'a list' if isinstance(given, list) else 'an object'} of {len(given)}"
    text = given if isinstance(given, str) else json.dumps(given)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
