"""Label attributes of a JSON Line: an image-level label, or labelled boxes, with their metadata.

The rules are those of "Image-Level labels in manifest files" and "Object localization in manifest files" of the Amazon
Rekognition Custom Labels Developer Guide.
"""

from typing import Any, NamedTuple

from local.custom_labels import shapes
from local.custom_labels.boxes import read_boxes
from local.custom_labels.line_errors import LineErrors

METADATA = "-metadata"
LONGEST_LABEL = shapes.limit("DatasetLabel", "max")


class Attribute(NamedTuple):
    """The labels of one attribute: those declared, and of them those used on the image or on one of its boxes."""

    valid: bool
    declared: tuple[str, ...] = ()
    image_labels: tuple[str, ...] = ()
    box_labels: tuple[str, ...] = ()


INVALID = Attribute(valid=False)


def read_attribute(value: Any, metadata: Any, errors: LineErrors) -> Attribute:
    """The labels of an attribute; what is wrong with it is added to `errors`."""
    kind = metadata.get("type") if isinstance(metadata, dict) else None
    if not isinstance(kind, str):
        errors.add("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", metadata)
        return INVALID
    if kind == "groundtruth/image-classification":
        return _read_classification(value, metadata, errors)
    if kind == "groundtruth/object-detection":
        return _read_detection(value, metadata, errors)
    errors.add("ERROR_UNSUPPORTED_USE_CASE_TYPE", metadata)
    return INVALID


def _read_classification(value: Any, metadata: dict[str, Any], errors: LineErrors) -> Attribute:
    label, confidence = metadata.get("class-name"), metadata.get("confidence")
    if not _is_integer(value):
        errors.add("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", value, metadata)
        return INVALID
    if not (isinstance(label, str) and _is_confidence(confidence) and _has_origin(metadata)):
        errors.add("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", metadata)
        return INVALID
    if not _are_label_names((label,)):
        errors.add("ERROR_INVALID_LABEL_NAME_LENGTH", metadata)
        return INVALID
    return Attribute(valid=True, declared=(label,), image_labels=(label,))


def _read_detection(value: Any, metadata: dict[str, Any], errors: LineErrors) -> Attribute:
    objects, names = metadata.get("objects"), metadata.get("class-map")
    if not (isinstance(objects, list) and isinstance(names, dict) and _are_texts(names) and _has_origin(metadata)):
        errors.add("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", metadata)
        return INVALID
    declared = tuple(names.values())
    if not _are_label_names(declared):
        errors.add("ERROR_INVALID_LABEL_NAME_LENGTH", metadata)
        return INVALID
    confident = [isinstance(item, dict) and _is_confidence(item.get("confidence")) for item in objects]
    box_labels = read_boxes(value, metadata, names, confident, errors)
    if box_labels is None:
        return INVALID
    return Attribute(valid=True, declared=declared, box_labels=box_labels)


def _has_origin(metadata: dict[str, Any]) -> bool:
    return (
        metadata.get("human-annotated") in ("yes", "no")
        and isinstance(metadata.get("creation-date"), str)
        and isinstance(metadata.get("job-name", ""), str)
    )


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_confidence(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1


def _are_texts(names: dict[str, Any]) -> bool:
    return all(isinstance(name, str) for name in names.values())


def _are_label_names(names: tuple[str, ...]) -> bool:
    return all(1 <= len(name) <= LONGEST_LABEL for name in names)
