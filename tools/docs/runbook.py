"""Writes docs/runbook.md from the table of failures."""

from collections.abc import Iterator

from infra.asset import ROOT
from lambdas.rules.failures import ATTEMPTS, FAILURES, UNKNOWN, UNNOTICED, Failure, Retried

PAGE = ROOT / "docs" / "runbook.md"

_HEAD = """# Runbook

Written by `make docs` from [the table of failures](../lambdas/rules/failures.py). The workflow has its
retries from there, too.

**What you see.** A message `FAILED: PROJECT (ERROR)` through SNS, a red execution in the Step Functions console with
the same error in its state *Failed*, and a record of the pair with the outcome `FAILED`. All three say the cause;
message and execution say what to do. Look the error up below.

**How to run again.** Start a new execution with the same input, in the Step Functions console: *New execution*. It
sees what an earlier one asked for and goes on there; nothing is distributed twice. *Redrive* is for an execution that
was aborted or timed out: it goes on in the state that it was in. Of an execution that has failed it runs the state
*Failed* again, which fails as before and tells nobody.

**Retries.** `quickly` is up to {quickly} more tries and `patiently` up to {patiently}, each at a random moment of an
interval that doubles from {quick} and {patient} seconds up to {longest}. What a retry repeats begins by looking what
the try before it has done.
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
    return "\n".join([head, "## What an execution fails with", "", *_sections(*FAILURES, UNKNOWN), *_untold()]) + "\n"


def _untold() -> Iterator[str]:
    yield "## What an execution cannot say of itself"
    yield ""
    yield from _sections(*UNNOTICED)


def _sections(*failures: Failure) -> Iterator[str]:
    for failure in failures:
        yield f"### {_heading(failure)}"
        yield failure.why
        yield ""
        if failure.retried != Retried.NO_TASK:
            yield f"**Tried again:** {failure.retried.value}."
            yield ""
        yield f"**What to do:** {failure.advice}"
        yield ""


def _heading(failure: Failure) -> str:
    if failure is UNKNOWN:
        return "Any other error"
    return ", ".join(error if " " in error else f"`{error}`" for error in failure.errors)
