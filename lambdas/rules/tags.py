"""When an event may start a distribution: the settings, and the tag for opt-in and opt-out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

TAG = "auto-distribute"


def covers(projects: Iterable[str], name: str) -> bool:
    """Whether the deployment covers the project. A name that ends in `*` covers every project that begins with it."""
    return any(name.startswith(each[:-1]) if each.endswith("*") else name == each for each in projects)


class Trigger(StrEnum):
    """When events start a distribution: never; unless the training dataset was edited; only with the tag."""

    OFF = "off"
    CREATED = "created"
    TAGGED = "tagged"


@dataclass(frozen=True)
class AutoDistribute:
    """The value of the tag on the project or its training dataset; None if neither has it."""

    value: bool | None = None

    @classmethod
    def from_tags(cls, tags: Iterable[Mapping[str, str]]) -> Self:
        """From the tags of both. "false" on either wins over "true"; every other value is ignored."""
        values = {tagged[TAG] for tagged in tags if TAG in tagged}
        if "false" in values:
            return cls(False)
        return cls(True if "true" in values else None)
