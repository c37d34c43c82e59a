"""Pagination tokens: a position, bound to the question it continues."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from local.custom_labels.errors import ServiceError
from local.custom_labels.settings import Settings

NOT_THE_QUESTION = ("NextToken", "MaxResults")


def start_position(operation: str, parameters: Mapping[str, Any]) -> int:
    """Where the page begins; InvalidPaginationTokenException for a token of another question or of nobody's."""
    token = parameters.get("NextToken")
    if not token:  # an empty token begins anew: "Listing dataset entries (SDK)" sends one for the first page
        return 0
    position, _, question = _decode(token).partition(".")
    if question != _digest(operation, parameters) or not position.isdecimal():
        raise ServiceError(
            "InvalidPaginationTokenException",
            f"NextToken '{token[:40]}' is not a token that {operation} returned for these parameters.",
        )
    return int(position)


def token_member(
    operation: str, parameters: Mapping[str, Any], following: int | None, settings: Settings
) -> dict[str, str]:
    """The NextToken of a response, when a page follows that begins at a position."""
    if following is not None:
        token = f"{following}.{_digest(operation, parameters)}"
        return {"NextToken": base64.urlsafe_b64encode(token.encode()).decode()}
    return {"NextToken": ""} if settings.end_of_pages == "empty" else {}


def _decode(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token).decode("ascii")
    except (binascii.Error, ValueError):
        return ""


def _digest(operation: str, parameters: Mapping[str, Any]) -> str:
    question = {name: value for name, value in parameters.items() if name not in NOT_THE_QUESTION}
    return hashlib.sha256(json.dumps([operation, question], sort_keys=True).encode()).hexdigest()[:16]
