"""What there is to tell of an execution: each message is made of it."""

from dataclasses import dataclass, field
from typing import Any

from lambdas.messages.report import Report
from lambdas.rules.ending import DISTRIBUTED, FAILED

NOTHING_TO_DO = "Nothing. The pair is ready to train with."
HEED_WARNINGS = "See what is worth acting on."


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """DISTRIBUTED or FAILED. `notes` say what did not work on the way, beside the distribution itself.

    `project_name` is empty when the input names no project. `reason` is the cause of a failure, too. `before` and
    `after` are both datasets as the workflow carries them.
    """

    execution: str
    started_at: str
    started_by: str
    project_name: str
    project_arn: str | None
    reason: str
    notes: list[str]
    error: str = ""
    advice: str = ""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    report: Report | None = None
    report_link: str | None = None

    @property
    def name(self) -> str:
        """As notices and records have it."""
        return FAILED if self.error else DISTRIBUTED

    @property
    def warnings(self) -> list[str]:
        """What is worth acting on, in sentences."""
        return [finding.message for finding in self.report.findings()] if self.report else []

    @property
    def what_to_do(self) -> str:
        """What a person does now."""
        return self.advice if self.error else HEED_WARNINGS if self.warnings else NOTHING_TO_DO
