"""When an event may start a distribution: the setting, and the tags with which people overrule it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

TAG = "auto-distribute"


def covers(projects: Iterable[str], name: str) -> bool:
    """Whether the project is one of those that the deployment is for; `*` at a name's end stands for any ending."""
    return any(name.startswith(each[:-1]) if each.endswith("*") else name == each for each in projects)


class Trigger(StrEnum):
    """The setting: never; when the training dataset is as it was created; only where a tag asks for it."""

    OFF = "off"
    CREATED = "created"
    TAGGED = "tagged"


@dataclass(frozen=True)
class AutoDistribute:
    """What the tag of the project or of its training dataset says; None when neither has it."""

    value: bool | None = None

    @classmethod
    def from_tags(cls, tags: Iterable[Mapping[str, str]]) -> Self:
        """A "false" anywhere wins over a "true"; any other value says nothing."""
        values = {tagged[TAG] for tagged in tags if TAG in tagged}
        if "false" in values:
            return cls(False)
        return cls(True if "true" in values else None)
