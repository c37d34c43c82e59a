"""Errors within one JSON Line that leave it in the dataset, written into the line where they are found."""

from typing import Any

# Amazon Rekognition Custom Labels Developer Guide, "Non-Terminal JSON Line Validation Errors". The guide gives no text
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
    """The errors of one line, which is the parsed JSON object given."""

    def __init__(self, line: dict[str, Any]) -> None:
        self._line = line
        self.found = False

    def add(self, code: str, *places: Any) -> None:
        """Write the error into the first place that can hold it: the line itself when none of them is an object."""
        place = next((place for place in places if isinstance(place, dict)), self._line)
        place.setdefault("errors", []).append({"code": code, "message": MESSAGES[code]})
        self.found = True
