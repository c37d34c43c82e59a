"""The outcome of an execution, from which every message is made."""

from dataclasses import dataclass, field
from typing import Any

from lambdas.messages.report import Report
from lambdas.rules.pair import DISTRIBUTED, FAILED

NOTHING_TO_DO = "Nothing. The pair is ready to train with."
READ_WARNINGS = "Read the warnings above before you train with the pair."


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """The outcome DISTRIBUTED or FAILED. `notes` name the parts of the report that could not be made.

    `project_name` is empty if the input names no project. `reason` of a failure is its cause. `before` and `after` have
    both datasets in the form that the workflow carries.
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
        """DISTRIBUTED or FAILED."""
        return FAILED if self.error else DISTRIBUTED

    @property
    def warnings(self) -> list[str]:
        """The messages of the findings."""
        return [finding.message for finding in self.report.findings()] if self.report else []

    @property
    def what_to_do(self) -> str:
        """What a person does next."""
        return self.advice if self.error else READ_WARNINGS if self.warnings else NOTHING_TO_DO
