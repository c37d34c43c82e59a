"""The service's model, from botocore, and requests checked against it: required, type, min, max, pattern, enum."""

import base64
import json
import math
import re
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

from local.custom_labels.errors import ServiceError

SHOWN_CHARACTERS = 100

# Python's re lacks \p{…}. In the model's patterns \p{L}, \p{N} and _ come together, and together they are \w.
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
    """A pattern of the model; it has to match the whole value."""
    translated = text
    for name, members in UNICODE_CLASSES.items():
        translated = translated.replace(name, members)
    return re.compile(translated, 0 if translated != text else re.ASCII)


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text, without NaN and Infinity. Raises ValueError; RecursionError for too deep nesting."""
    return JSON.decode(text if isinstance(text, str) else text.decode("utf-8"))


def read_parameters(operation: str, given: dict[str, Any]) -> dict[str, Any]:
    """The members that the model knows, without nulls, blobs decoded. Raises ValidationException."""
    return _read_structure(input_shape(operation), given, "")


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _read_float(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text[:SHOWN_CHARACTERS]} is too large")
    return number


JSON = json.JSONDecoder(parse_constant=_refuse_constant, parse_float=_read_float)
"""It refuses NaN, Infinity, and numbers that a float cannot hold."""


def _read_value(shape: Any, given: Any, path: str) -> Any:
    return _READERS[shape.type_name](shape, given, path)


def _read_structure(shape: Any, given: Any, path: str) -> dict[str, Any]:
    _require_type(given, dict, "an object", path)
    for name in shape.required_members:
        if given.get(name) is None:
            raise _refusal(None, _member_path(path, name), "Member must not be null")
    return {
        name: _read_value(member, given[name], _member_path(path, name))
        for name, member in shape.members.items()
        if given.get(name) is not None
    }


def _read_list(shape: Any, given: Any, path: str) -> list[Any]:
    _require_type(given, list, "a list", path)
    _require_range(shape, len(given), given, path, "length")
    return [_read_value(shape.member, item, f"{path}[{position}]") for position, item in enumerate(given)]


def _read_map(shape: Any, given: Any, path: str) -> dict[str, Any]:
    _require_type(given, dict, "a map", path)
    _require_range(shape, len(given), given, path, "length")
    return {
        _read_value(shape.key, key, f"{path} (key)"): _read_value(shape.value, item, f"{path}['{_shorten(key)}']")
        for key, item in given.items()
    }


def _read_string(shape: Any, given: Any, path: str) -> str:
    _require_type(given, str, "a string", path)
    _require_range(shape, len(given), given, path, "length")
    if not _is_unicode(given):
        raise _refusal(ascii(given), path, "Member must be Unicode text")
    if shape.enum and given not in shape.enum:
        raise _refusal(given, path, f"Member must satisfy enum value set: [{', '.join(shape.enum)}]")
    pattern = shape.metadata.get("pattern")
    if pattern and not compile_pattern(pattern).fullmatch(given):
        raise _refusal(given, path, f"Member must satisfy regular expression pattern: {pattern}")
    return str(given)


def _read_integer(shape: Any, given: Any, path: str) -> int:
    if isinstance(given, bool):
        raise _refusal(given, path, "Member must be an integer")
    _require_type(given, int, "an integer", path)
    _require_range(shape, given, given, path, "value")
    return int(given)


def _read_boolean(_shape: Any, given: Any, path: str) -> bool:
    _require_type(given, bool, "a boolean", path)
    return bool(given)


def _read_blob(shape: Any, given: Any, path: str) -> bytes:
    _require_type(given, str, "a Base64 string", path)
    try:
        decoded = base64.b64decode(given, validate=True)
    except ValueError:
        raise _refusal(given, path, "Member must be valid Base64") from None
    _require_range(shape, len(decoded), given, path, "length")
    return decoded


_READERS = {
    "structure": _read_structure,
    "list": _read_list,
    "map": _read_map,
    "string": _read_string,
    "integer": _read_integer,
    "boolean": _read_boolean,
    "blob": _read_blob,
}


def _is_unicode(text: str) -> bool:
    """False for half a surrogate pair, which JSON can hold and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _require_type(given: Any, type_: type, article_and_type: str, path: str) -> None:
    if not isinstance(given, type_):
        raise _refusal(given, path, f"Member must be {article_and_type}")


def _require_range(shape: Any, size: int, given: Any, path: str, measure: str) -> None:
    minimum, maximum = shape.metadata.get("min"), shape.metadata.get("max")
    if minimum is not None and size < minimum:
        raise _refusal(given, path, f"Member must have {measure} greater than or equal to {minimum}")
    if maximum is not None and size > maximum:
        raise _refusal(given, path, f"Member must have {measure} less than or equal to {maximum}")


def _member_path(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _refusal(given: Any, path: str, constraint: str) -> ServiceError:
    value = "null" if given is None else f"'{_shorten(given)}'"
    where = f"Value {value} at '{path}'"
    return ServiceError(
        "ValidationException", f"1 validation error detected: {where} failed to satisfy constraint: {constraint}"
    )


def _shorten(given: Any) -> str:
    """The first characters of a value. The time it takes does not grow with the value."""
    if isinstance(given, list | dict):
        return f"{'a list' if isinstance(given, list) else 'an object'} of {len(given)}"
    text = given if isinstance(given, str) else json.dumps(given)
    return text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…"
