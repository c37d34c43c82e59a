"""Bounding boxes of a label attribute, each against the image's frame."""

from typing import Any, NamedTuple

from local.custom_labels.line_errors import LineErrors

MAX_BOXES = 50
SMALLEST_SIDE, LARGEST_SIDE = 64, 4096
# "ERROR_BOUNDING_BOX_TOO_SMALL": an image is resized to this side for training, and its boxes with it.
TRAINING_SIDE = 1280


class Frame(NamedTuple):
    """The size of an image in pixels."""

    width: int
    height: int


def read_boxes(
    value: Any, metadata: dict[str, Any], names: dict[str, str], confident: list[bool], errors: LineErrors
) -> tuple[str, ...] | None:
    """The labels of the boxes without errors, one a box; None when the attribute has no valid one of its boxes.

    `confident` says of each of the metadata's objects whether it has a confidence; they go with the boxes by position.
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
    labels = _labels_of(boxes, frame, names, confident, metadata, errors)
    if boxes and not labels:
        errors.add("ERROR_NO_VALID_ANNOTATIONS", value)
        return None
    return labels


def _labels_of(
    boxes: list[dict[str, Any]],
    frame: Frame,
    names: dict[str, str],
    confident: list[bool],
    metadata: dict[str, Any],
    errors: LineErrors,
) -> tuple[str, ...]:
    sure = [position < len(confident) and confident[position] for position in range(len(boxes))]
    named = [str(box["class_id"]) in names for box in boxes]
    framed = [_is_in_frame(box, frame, errors) for box in boxes]
    if not all(sure):
        errors.add("ERROR_MISSING_BOUNDING_BOX_CONFIDENCE", metadata)
    if not all(named):
        errors.add("ERROR_MISSING_CLASS_MAP_ID", metadata)
    return tuple(
        names[str(box["class_id"])] for box, *good in zip(boxes, sure, named, framed, strict=True) if all(good)
    )


def _is_in_frame(box: dict[str, Any], frame: Frame, errors: LineErrors) -> bool:
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
