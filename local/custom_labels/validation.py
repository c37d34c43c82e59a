"""Requests, held against the service's model: required, type, min, max, pattern, enum."""

import base64
import binascii
import json
from typing import Any

from local.custom_labels import shapes
from local.custom_labels.errors import ServiceError

SHOWN_CHARACTERS = 100


def read_parameters(operation: str, given: dict[str, Any]) -> dict[str, Any]:
    """The members the model knows, nulls left out and blobs decoded; ValidationException for what it does not allow."""
    return _structure(shapes.input_shape(operation), given, "")


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
    if pattern and not shapes.pattern(pattern).fullmatch(given):
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
