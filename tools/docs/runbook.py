"""Writes docs/runbook.md from the table of failures."""

from collections.abc import Iterator

from infra.asset import ROOT
from lambdas.rules.failures.row import ATTEMPTS, Failure, Retried
from lambdas.rules.failures.table import FAILURES, UNKNOWN
from tools.docs.unnoticed import UNNOTICED

PAGE = ROOT / "docs" / "runbook.md"

_HEAD = """# Runbook

Written by `make docs` from [the table of failures](../lambdas/rules/failures/table.py), which also defines the
workflow's retries.

**Find the error.** A failed execution sends a notification `FAILED: PROJECT (ERROR)`. The Step Functions console shows
the execution in red, with the same error in its state *Failed*. The record of the pair has the outcome `FAILED`. All
three contain the cause. The notification and the execution also say what to do. Find the error below.

**Run it again.** In the Step Functions console choose *New execution*, with the same input. The new execution finds
what an earlier one asked of Rekognition and continues there. It distributes nothing twice. Use *Redrive* only for an
execution that was aborted or timed out, within 14 days: it continues in the state that it was in, with its timeout
reset (*Restarting state machine executions with redrive in Step Functions*, AWS Step Functions Developer Guide).
A redrive of a failed execution only repeats the state *Failed*, and sends no notification.

**Retries.** `quickly` means up to {quickly} more tries, `patiently` up to {patiently}. Each try starts at a random
moment of an interval, which begins at {quick} seconds (`patiently`: {patient}) and doubles up to {longest} seconds.
An error that is not retried ends the execution. After an error of *Start distribution* the workflow polls first, for
five minutes, because the call can have taken effect. Each try of *Start distribution* polls first, too.
"""


def render() -> str:
    """The page."""
    quickly, patiently = ATTEMPTS[Retried.QUICKLY], ATTEMPTS[Retried.PATIENTLY]
    head = _HEAD.format(
        quickly=quickly.most,
        patiently=patiently.most,
        quick=quickly.interval,
        patient=patiently.interval,
        longest=quickly.longest,
    )
    return "\n".join([head, "## Errors of executions", "", *_sections(*FAILURES, UNKNOWN), *_unnoticed()]) + "\n"


def _unnoticed() -> Iterator[str]:
    yield "## Failures without a notification of the workflow"
    yield ""
    yield from _sections(*UNNOTICED)


def _sections(*failures: Failure) -> Iterator[str]:
    for failure in failures:
        yield f"### {_heading(failure)}"
        yield failure.why
        yield ""
        if failure.retried != Retried.NO_TASK:
            yield f"**Retried:** {failure.retried.value}."
            yield ""
        yield from _what_to_do(failure)
        yield ""


def _what_to_do(failure: Failure) -> Iterator[str]:
    if not failure.situations:
        yield f"**What to do:** {failure.advice}"
        return
    yield "**What to do:**"
    yield ""
    for situation in failure.situations:
        yield f"- If {situation.when}: {situation.advice}"
    yield f"- In any other situation: {failure.advice}"


def _heading(failure: Failure) -> str:
    if failure is UNKNOWN:
        return "Any other error"
    return ", ".join(error if " " in error else f"`{error}`" for error in failure.errors)
