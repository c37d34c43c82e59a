"""What a run has found out, and the files that it writes."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from account.verify.answer import Answer

FOLDER = Path(".local/verify")
ANSWERS, RESULT, PAGE = FOLDER / "answers.json", FOLDER / "result.json", FOLDER / "result.html"


@dataclass
class Result:
    """The answers, and for each promise the sentence that says how it was broken, or "" if it was kept.

    `not_tried` has the promises that nobody could see kept or broken, and why.
    """

    account: str
    region: str
    answers: list[Answer] = field(default_factory=list)
    promises: dict[str, str] = field(default_factory=dict)
    not_tried: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    @property
    def found(self) -> dict[str, Any]:
        """The settings of the local service, as this account answered them."""
        return {each.setting: each.value for each in self.answers if each.value is not None}

    @property
    def broken(self) -> list[str]:
        """The promises that were broken."""
        return [name for name, seen in self.promises.items() if seen]

    def write(self) -> None:
        """Write the answers alone, for the local service, and everything."""
        FOLDER.mkdir(parents=True, exist_ok=True)
        ANSWERS.write_text(json.dumps(self.found, indent=2) + "\n")
        members = {
            "Account": self.account,
            "Region": self.region,
            "Answers": [each._asdict() for each in self.answers],
            "Promises": [{"promise": name, "broken": seen} for name, seen in self.promises.items()],
            "NotTried": [{"promise": name, "why": why} for name, why in self.not_tried.items()],
            "Problems": self.problems,
        }
        RESULT.write_text(json.dumps(members, indent=2) + "\n")
