"""The table of failures, and the page that people read of it."""

import inspect
import json
import re

import pytest
from ministack.services import stepfunctions

from infra import messages
from infra.runbook import PAGE, render
from lambdas.rules import errors
from lambdas.rules.failures import FAILURES, UNKNOWN, Failure
from tests.definition import render_definition

ROWS = [*FAILURES, UNKNOWN]


def test_the_runbook_is_as_the_table_says() -> None:
    assert PAGE.read_text() == render(), "Write it anew: python -m infra.runbook"


def test_every_error_has_one_row() -> None:
    named = [error for row in ROWS for error in row.errors]
    assert len(named) == len(set(named))


def test_every_error_of_ours_and_of_the_workflow_has_a_row() -> None:
    named = {error for row in ROWS for error in row.errors}
    raised = {name for name, each in inspect.getmembers(errors, inspect.isclass) if issubclass(each, Exception)}
    assert len(_failed_with()) == 4
    assert raised | _failed_with() <= named


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.errors[0])
def test_each_says_why_and_what_to_do_in_sentences(row: Failure) -> None:
    assert row.why.endswith(".")
    assert row.advice.endswith(".")


@pytest.mark.parametrize(
    ("error", "row"),
    [
        *((error, row) for row in FAILURES for error in row.errors if not error.endswith(".*")),
        ("DynamoDB.ThrottlingException", next(row for row in FAILURES if "DynamoDB.*" in row.errors)),
        ("SNS.NotFoundException", next(row for row in FAILURES if "SNS.*" in row.errors)),
        ("KeyError", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_people_are_advised_by_the_error(error: str, row: Failure) -> None:
    context = {"QueryLanguage": "JSONata", "variables": {"failure": {"Error": error, "Cause": ""}}}
    state = {"Type": "Pass", "Assign": {"advice": messages.ADVICE}, "End": True}
    stepfunctions._execute_pass(state, {}, context)
    assert context["variables"]["advice"] == row.advice  # type: ignore[index]


def _failed_with() -> set[str]:
    """The errors that the workflow itself names."""
    return set(re.findall(r"\"Error\": \"\{% '(\w+)' %\}\"", json.dumps(render_definition())))
