"""The table of failures."""

import inspect

import pytest

from lambdas.rules.failures import errors
from lambdas.rules.failures.errors import DecidedError
from lambdas.rules.failures.row import Failure
from lambdas.rules.failures.table import FAILURES, UNKNOWN

ROWS = [*FAILURES, UNKNOWN]


def test_every_error_has_one_row() -> None:
    named = [error for row in ROWS for error in row.errors]
    assert len(named) == len(set(named))


def test_each_of_our_errors_has_a_row() -> None:
    named = {error for row in ROWS for error in row.errors}
    raised = {name for name, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Exception)}
    assert raised | set(DecidedError) <= named


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.errors[0])
def test_every_row_says_why_and_what_to_do(row: Failure) -> None:
    assert row.why.endswith(".")
    assert all(advice.endswith(".") for advice in (row.advice, *(each.advice for each in row.situations)))
    assert len({each.when for each in row.situations}) == len(row.situations)
