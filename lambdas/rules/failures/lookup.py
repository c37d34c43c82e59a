"""What the table of failures says of an error: its retries and its advice."""

from lambdas.rules.failures.row import Known, Retried
from lambdas.rules.failures.table import FAILURES, UNKNOWN

_NOTHING = Known()


def errors_of(*how: Retried) -> list[str]:
    """The errors that are retried in one of these ways, without those that stand for a whole service."""
    return [error for row in FAILURES if row.retried in how for error in row.errors if not _stands_for_service(error)]


def is_transient(error: str) -> bool:
    """Whether the error goes away without a person: a service or the network failed."""
    return error in TRANSIENT


def advise(error: str, known: Known = _NOTHING) -> str:
    """The advice for the error in this situation, or for the service in front of its name, or the general advice."""
    row = _ROWS.get(error) or _ROWS.get(error.partition(".")[0]) or UNKNOWN
    return next((each.advice for each in row.situations if each.applies(known)), row.advice)


def _stands_for_service(error: str) -> bool:
    return error.endswith(".*")


TRANSIENT = errors_of(Retried.QUICKLY, Retried.PATIENTLY)
_ROWS = {error.removesuffix(".*"): row for row in FAILURES for error in row.errors}
