"""Label attributes of a JSON Line: an image-level label, or labelled boxes, with metadata. Their errors.

The rules are from the Amazon Rekognition Custom Labels Developer Guide, "Image-Level labels in manifest files" and
"Object localization in manifest files".
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from local.custom_labels.settings import Settings
from local.custom_labels.validation import limit

METADATA = "-metadata"
CLASSIFICATION = "groundtruth/image-classification"
# The script of "Transforming multi-label SageMaker Ground Truth manifest files" writes this type. No page lists it.
MULTILABEL = "groundtruth/image-classification-multilabel"
LONGEST_LABEL = limit("DatasetLabel", "max")
MAX_BOXES = 50
SMALLEST_SIDE, LARGEST_SIDE = 64, 4096
# "ERROR_BOUNDING_BOX_TOO_SMALL": training resizes an image, and its boxes, to this side.
TRAINING_SIDE = 1280

# Amazon Rekognition Custom Labels Developer Guide, "Non-Terminal JSON Line Validation Errors"; "One of more" is the
# guide's. Braces stand for the attribute's name. The guide has no text for the last error.
MESSAGES = {
    "ERROR_NO_LABEL_ATTRIBUTES": "No label attributes found.",
    "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT": "The format of the label attribute {} is invalid.",
    "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT": "The format of the label attribute metadata is invalid.",
    "ERROR_NO_VALID_LABEL_ATTRIBUTES": "No valid label attributes found.",
    "ERROR_INVALID_BOUNDING_BOX": "The bounding box has off frame values.",
    "ERROR_BOUNDING_BOX_TOO_SMALL": "The height and width of the bounding box is too small.",
    "ERROR_NO_VALID_ANNOTATIONS": "No valid annotations found.",
    "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE": "One or more bounding boxes has a missing confidence value.",
    "ERROR_MISSING_CLASS_MAP_ID": "One of more class ids is missing from the class map.",
    "ERROR_TOO_MANY_BOUNDING_BOXES": "There are more bounding boxes than the allowed maximum.",
    "ERROR_INVALID_IMAGE_DIMENSION": "The image dimension(s) do not conform to allowed dimensions.",
    "ERROR_UNSUPPORTED_USE_CASE_TYPE": "The use case type of the {}-metadata label attribute metadata is unsupported. "
    "Check the type field.",
    "ERROR_INVALID_LABEL_NAME_LENGTH": "The length of the label name is invalid.",
}


class LineErrors:
    """Errors of one line that keep it in the dataset. `of_line` are those of the line itself.

    The others are written into the parsed line, where they are found.
    """

    def __init__(self, settings: Settings) -> None:
        self._member = settings.listed_errors
        self.of_line: list[dict[str, str]] = []
        self.found = False

    def add(self, code: str, *places: Any, attribute: str = "") -> None:
        """Write the error into the first place that is an object, or add it to the line's. Some name the attribute."""
        place = next((place for place in places if isinstance(place, dict)), None)
        errors = self.of_line if place is None else place.setdefault(self._member, [])
        errors.append({"code": code, "message": MESSAGES[code].format(attribute)})
        self.found = True


class Attribute(NamedTuple):
    """The labels that one attribute declares, and those that it uses on the image or on boxes."""

    valid: bool
    declared: tuple[str, ...] = ()
    image_labels: tuple[str, ...] = ()
    box_labels: tuple[str, ...] = ()


INVALID = Attribute(valid=False)


@dataclass(slots=True)
class Given:
    """An attribute as its line has it, the errors of that line, and the settings of the service."""

    name: str
    value: Any
    metadata: Any
    errors: LineErrors
    settings: Settings

    def refuse(self, code: str, *places: Any) -> Attribute:
        """The attribute is invalid; the error is written into the first of the places that is an object."""
        self.errors.add(code, *places, attribute=self.name)
        return INVALID


class Frame(NamedTuple):
    """The size of an image in pixels."""

    width: int
    height: int


def read_attribute(given: Given) -> Attribute:
    """The labels of an attribute. Adds its errors to those of the line."""
    kind = given.metadata.get("type") if isinstance(given.metadata, dict) else None
    if not isinstance(kind, str):
        return given.refuse("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", given.metadata)
    if kind == CLASSIFICATION or (kind == MULTILABEL and given.settings.multilabel_type == "accept"):
        return _read_classification(given)
    if kind == "groundtruth/object-detection":
        return _read_detection(given)
    return given.refuse("ERROR_UNSUPPORTED_USE_CASE_TYPE", given.metadata)


def _read_classification(given: Given) -> Attribute:
    label, confidence = given.metadata.get("class-name"), given.metadata.get("confidence")
    if not _is_integer(given.value):
        return given.refuse("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", given.value, given.metadata)
    if not (isinstance(label, str) and _is_confidence(confidence) and _has_origin(given.metadata)):
        return given.refuse("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", given.metadata)
    if not _is_label_name(label):
        return given.refuse("ERROR_INVALID_LABEL_NAME_LENGTH", given.metadata)
    return _classify(label)


@lru_cache(maxsize=4096)  # a dataset has many entries, but few different labels
def _classify(label: str) -> Attribute:
    return Attribute(valid=True, declared=(label,), image_labels=(label,))


def _read_detection(given: Given) -> Attribute:
    metadata = given.metadata
    objects, names = metadata.get("objects"), metadata.get("class-map")
    if not (isinstance(objects, list) and isinstance(names, dict) and _are_texts(names) and _has_origin(metadata)):
        return given.refuse("ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT", metadata)
    declared = tuple(names.values())
    if not all(map(_is_label_name, declared)):
        return given.refuse("ERROR_INVALID_LABEL_NAME_LENGTH", metadata)
    frame, boxes = _read_frame(given.value), _read_boxes(given.value, given.settings)
    if frame is None or boxes is None:
        return given.refuse("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", given.value, metadata)
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in frame):
        return given.refuse("ERROR_INVALID_IMAGE_DIMENSION", given.value)
    if len(boxes) > MAX_BOXES:
        return given.refuse("ERROR_TOO_MANY_BOUNDING_BOXES", given.value)
    labels = _collect_box_labels(boxes, frame, given)
    if boxes and not labels:
        return given.refuse("ERROR_NO_VALID_ANNOTATIONS", given.value)
    return Attribute(valid=True, declared=declared, box_labels=labels)


def _read_boxes(value: Any, settings: Settings) -> list[dict[str, Any]] | None:
    """The boxes; None if their format is invalid."""
    if not isinstance(value, dict):
        return None
    if "annotations" not in value and settings.missing_annotations == "unlabeled":
        return []
    boxes, numbers = value.get("annotations"), (int, float) if settings.float_boxes == "accept" else (int,)
    return boxes if isinstance(boxes, list) and all(_is_box(box, numbers) for box in boxes) else None


def _collect_box_labels(boxes: list[dict[str, Any]], frame: Frame, given: Given) -> tuple[str, ...]:
    """One label for each valid box. Boxes and the metadata's objects match by position."""
    names, objects = given.metadata["class-map"], given.metadata["objects"]
    confident = [isinstance(item, dict) and _is_confidence(item.get("confidence")) for item in objects]
    have_confidence = [position < len(confident) and confident[position] for position in range(len(boxes))]
    have_name = [str(box["class_id"]) in names for box in boxes]
    fit = [_fits(box, frame, given.errors) for box in boxes]
    if not all(have_confidence):
        given.errors.add("ERROR_MISSING_BOUNDING_BOX_CONFIDENCE", given.metadata)
    if not all(have_name):
        given.errors.add("ERROR_MISSING_CLASS_MAP_ID", given.metadata)
    checked = zip(boxes, have_confidence, have_name, fit, strict=True)
    return tuple(names[str(box["class_id"])] for box, *checks in checked if all(checks))


def _fits(box: dict[str, Any], frame: Frame, errors: LineErrors) -> bool:
    """Whether the box is inside the image and large enough. Adds its error to `errors`."""
    left, top, width, height = box["left"], box["top"], box["width"], box["height"]
    if min(left, top, width, height) < 0 or left > frame.width - width or top > frame.height - height:
        errors.add("ERROR_INVALID_BOUNDING_BOX", box)
        return False
    if min(width, height) * min(1.0, TRAINING_SIDE / max(frame)) <= 1:
        errors.add("ERROR_BOUNDING_BOX_TOO_SMALL", box)
        return False
    return True


def _read_frame(value: Any) -> Frame | None:
    sizes = value.get("image_size") if isinstance(value, dict) else None
    if not (isinstance(sizes, list) and len(sizes) == 1 and _has_numbers(sizes[0], (int,), "width", "height", "depth")):
        return None
    return Frame(sizes[0]["width"], sizes[0]["height"])


def _is_box(value: Any, numbers: tuple[type, ...]) -> bool:
    return _has_numbers(value, (int,), "class_id") and _has_numbers(value, numbers, "left", "top", "width", "height")


def _has_numbers(value: Any, types: tuple[type, ...], *names: str) -> bool:
    return isinstance(value, dict) and all(type(value.get(name)) in types for name in names)


def _has_origin(metadata: dict[str, Any]) -> bool:
    return (
        metadata.get("human-annotated") in ("yes", "no")
        and isinstance(metadata.get("creation-date"), str)
        and isinstance(metadata.get("job-name", ""), str)
    )


def _is_integer(value: Any) -> bool:
    return type(value) is int  # a bool is an instance of int, too


def _is_confidence(value: Any) -> bool:
    return type(value) in (int, float) and bool(0 <= value <= 1)


def _are_texts(names: dict[str, Any]) -> bool:
    return all(isinstance(name, str) for name in names.values())


def _is_label_name(name: str) -> bool:
    return 1 <= len(name) <= LONGEST_LABEL
