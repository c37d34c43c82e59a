"""The report as plain text, for an e-mail on a phone: short lines, and each name at the end of its line."""

from collections.abc import Iterator

from lambdas.messages.report import Report, percent
from lambdas.rules.text import count, make_readable

MOST_LABELS = 20


def render(report: Report) -> str:
    """A small table and the warnings."""
    return "\n".join([*_table(report), *_warnings(report)])


def _table(report: Report) -> Iterator[str]:
    labels = report.labels or []
    yield "training    test  share"
    yield _row(report.training.entries, report.test.entries, report.share, "all entries")
    for label in labels[:MOST_LABELS]:
        yield _row(label.training, label.test, label.share, make_readable(label.name))
    if len(labels) > MOST_LABELS:
        others = count(len(labels) - MOST_LABELS, "more label", "more labels")
        yield f"… and {others} with at least as many test entries"


def _row(training: int, test: int, share: float, name: str) -> str:
    return f"{training:>8,}{test:>8,}{percent(share):>7}  {name}"


def _warnings(report: Report) -> Iterator[str]:
    findings = report.findings()
    if findings:
        yield ""
        yield "Warnings:"
        yield from (f"- {finding.message}" for finding in findings)
