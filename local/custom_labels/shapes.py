"""The service's own model: the shapes, limits and operations that botocore carries."""

import re
from functools import cache
from typing import Any

from botocore.loaders import Loader
from botocore.model import ServiceModel

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
def pattern(text: str) -> re.Pattern[str]:
    """A pattern of the model, to be matched against the whole of a value."""
    translated = text
    for name, members in UNICODE_CLASSES.items():
        translated = translated.replace(name, members)
    return re.compile(translated, 0 if translated != text else re.ASCII)
