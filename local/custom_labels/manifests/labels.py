"""Label attributes of a JSON Line: an image-level label, or labelled boxes, with metadata. Their errors.

The rules are from the Amazon Rekognition Custom Labels Developer Guide, "Image-Level labels in manifest files" and
"Object localization in manifest files".
"""

from typing import Any, NamedTuple

from local.custom_labels.validation import limit

METADATA = "-metadata"
LONGEST_LABEL = limit("DatasetLabel", "max")
MAX_BOXES = 50
SMALLEST_SIDE, LARGEST_SIDE = 64, 4096
# "ERROR_BOUNDING_BOX_TOO_SMALL": training resizes an image, and its boxes, to this side.
TRAINING_SIDE = 1280

# Amazon Rekognition Custom Labels Developer Guide, "Non-Terminal JSON Line Validation Errors". The guide has no text
# for the last three.
MESSAGES = {
    "ERROR_NO_LABEL_ATTRIBUTES": "No label attributes found.",
    "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT": "The format of the label attribute is invalid.",
    "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT": "The format of the label attribute metadata is invalid.",
    "ERROR_NO_VALID_LABEL_ATTRIBUTES": "No valid label attributes found.",
    "ERROR_INVALID_BOUNDING_BOX": "The bounding box has off frame values.",
    "ERROR_BOUNDING_BOX_TOO_SMALL": "The height and width of the bounding box is too small.",
    "ERROR_NO_VALID_ANNOTATIONS": "No valid annotations found.",
    "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE": "One or more bounding boxes has a missing confidence value.",
    "ERROR_MISSING_CLASS_MAP_ID": "One or more class ids is missing from the class map.",
    "ERROR_TOO_MANY_BOUNDING_BOXES": "There are more bounding boxes than the allowed maximum.",
    "ERROR_INVALID_IMAGE_DIMENSION": "The dimensions of the image are invalid.",
    "ERROR_UNSUPPORTED_USE_CASE_TYPE": "The type of the label attribute is not supported.",
    "ERROR_INVALID_LABEL_NAME_LENGTH": "The length of the label name is invalid.",
}


class LineErrors:
    """Errors of one line that keep it in the dataset. They are written into the parsed line, where they are found."""

    def __init__(self, line: dict[str, Any]) -> None:
        self._line = line
        self.found = False

    def add(self, code: str, *places: Any) -> None:
        """Write the error into the first place that is an object, or into the line itself."""
        place = next((place for place in places if isinstance(place, dict)), self._line)
        place.setdefault("errors", []).append({"code": code, "message": MESSAGES[code]})
        self.found = True


class Attribute(NamedTuple):
    """The labels that one attribute declares, and those that it uses on the image or on boxes."""

    valid: bool
    declared: tuple[str, ...] = ()
    image_labels: tuple[str, ...] = ()
    box_labels: tuple[str, ...] = ()


class Frame(NamedTuple):
    """The size of an image in pixels."""

    width: int
    height: int


INVALID = Attribute(valid=False)


def read_attribute(value: Any, metadata: Any, errors: LineErrors) -> Attribute:
    """The labels of an attribute. Adds its errors to `errors`."""
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
    box_labels = _read_boxes(value, metadata, names, confident, errors)
    if box_labels is None:
        return INVALID
    return Attribute(valid=True, declared=declared, box_labels=box_labels)


def _read_boxes(
    value: Any, metadata: dict[str, Any], names: dict[str, str], confident: list[bool], errors: LineErrors
) -> tuple[str, ...] | None:
    """One label for each valid box; None if the attribute is invalid or none of its boxes is valid.

    `confident` says for each object of the metadata whether it has a confidence. Objects and boxes match by position.
    """
    frame = _read_frame(value)
    boxes = value.get("annotations") if isinstance(value, dict) else None
    if frame is None or not isinstance(boxes, list) or not all(map(_is_box, boxes)):
        errors.add("ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT", value, metadata)
        return None
    if not all(SMALLEST_SIDE <= side <= LARGEST_SIDE for side in frame):
        errors.add("ERROR_INVALID_IMAGE_DIMENSION", value)
        return None
    if len(boxes) > MAX_BOXES:
        errors.add("ERROR_TOO_MANY_BOUNDING_BOXES", value)
        return None
    labels = _collect_box_labels(boxes, frame, names, confident, metadata, errors)
    if boxes and not labels:
        errors.add("ERROR_NO_VALID_ANNOTATIONS", value)
        return None
    return labels


def _collect_box_labels(
    boxes: list[dict[str, Any]],
    frame: Frame,
    names: dict[str, str],
    confident: list[bool],
    metadata: dict[str, Any],
    errors: LineErrors,
) -> tuple[str, ...]:
    have_confidence = [position < len(confident) and confident[position] for position in range(len(boxes))]
    have_name = [str(box["class_id"]) in names for box in boxes]
    fit = [_fits(box, frame, errors) for box in boxes]
    if not all(have_confidence):
        errors.add("ERROR_MISSING_BOUNDING_BOX_CONFIDENCE", metadata)
    if not all(have_name):
        errors.add("ERROR_MISSING_CLASS_MAP_ID", metadata)
    checked = zip(boxes, have_confidence, have_name, fit, strict=True)
    return tuple(names[str(box["class_id"])] for box, *checks in checked if all(checks))


def _fits(box: dict[str, Any], frame: Frame, errors: LineErrors) -> bool:
    """Whether the box is inside the image and large enough. Adds its error to `errors`."""
    left, top, width, height = box["left"], box["top"], box["width"], box["height"]
    if min(left, top, width, height) < 0 or left + width > frame.width or top + height > frame.height:
        errors.add("ERROR_INVALID_BOUNDING_BOX", box)
        return False
    if min(width, height) * min(1.0, TRAINING_SIDE / max(frame)) <= 1:
        errors.add("ERROR_BOUNDING_BOX_TOO_SMALL", box)
        return False
    return True


def _read_frame(value: Any) -> Frame | None:
    sizes = value.get("image_size") if isinstance(value, dict) else None
    if not (isinstance(sizes, list) and len(sizes) == 1 and _has_integers(sizes[0], "width", "height", "depth")):
        return None
    return Frame(sizes[0]["width"], sizes[0]["height"])


def _is_box(value: Any) -> bool:
    return _has_integers(value, "class_id", "left", "top", "width", "height")


def _has_integers(value: Any, *names: str) -> bool:
    return isinstance(value, dict) and all(type(value.get(name)) is int for name in names)


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
