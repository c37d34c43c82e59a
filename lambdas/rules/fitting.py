"""Lists that may be too long for what carries them."""

import json
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

# A state's data and an SNS message may have 256 KB, and an error about a state's data cannot be caught.
ROOM = 100_000


def fitting(items: Sequence[Item], room: int = ROOM) -> list[Item]:
    """As many of the first items as have room.

    Their length is that of JSON within a JSON string, as SNS gets it, with every character escaped: the longest of all
    the forms that they take on the way.
    """
    length = 0
    for position, item in enumerate(items):
        length += len(json.dumps(json.dumps(item)))
        if length > room:
            return list(items[:position])
    return list(items)
