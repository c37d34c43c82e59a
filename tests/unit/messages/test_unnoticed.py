"""The message about an execution that may not have sent a notification of its own."""

import json
from typing import Any

import pytest

from lambdas.messages.unnoticed import make_message
from lambdas.rules.unnoticed import Description

ARN = "arn:aws:states:us-east-1:123456789012:execution:Machine:name"
CONFIDENTIAL = "What only the input or the cause has."
TEXT = """\
FAILED: demo (States.NoChoiceMatched)

This execution ended at 2026-11-26T10:00:00.000+00:00. It may not have sent a notification of its outcome.

What to do: open the execution and read its error and cause. If somebody stopped it on purpose, do nothing. \
Otherwise start a new execution for the project in its input, unless the cause says that this is not needed. The new \
execution continues where this one ended and distributes nothing twice. The record of the pair shows which execution \
owns the pair.

Execution: https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/v2/executions/details/\
arn:aws:states:us-east-1:123456789012:execution:Machine:name
Project: demo"""


def describe(**members: Any) -> Description:
    ended = {"arn": ARN, "status": "ABORTED", "ended_at": "2026-11-26T10:00:00.000+00:00"}
    return Description(**{**ended, "given": '{"ProjectName": "demo"}', **members})


def attributes(message: dict[str, Any]) -> dict[str, str]:
    assert all(each["DataType"] == "String" for each in message["MessageAttributes"].values())
    return {name: each["StringValue"] for name, each in message["MessageAttributes"].items()}


def test_every_reader_but_a_phone_receives_the_same_text() -> None:
    message = make_message(describe(status="FAILED", error="States.NoChoiceMatched", cause="Nothing matched."))
    assert message["MessageStructure"] == "json"
    assert json.loads(message["Message"]) == {"default": TEXT, "sms": "FAILED: demo (States.NoChoiceMatched)"}
    assert message["Subject"] == "FAILED: demo (States.NoChoiceMatched)"


@pytest.mark.parametrize(
    ("members", "subject", "shown"),
    [
        ({}, "ABORTED: demo", {"project": "demo", "error": "ABORTED", "startedBy": "PERSON"}),
        (
            {"status": "TIMED_OUT", "given": '{"detail": {}}'},
            "TIMED_OUT: name",
            {"project": "unknown", "error": "TIMED_OUT", "startedBy": "EVENT"},
        ),
        (
            {"status": "FAILED", "error": "States.Runtime"},
            "FAILED: demo (States.Runtime)",
            {"project": "demo", "error": "States.Runtime", "startedBy": "PERSON"},
        ),
        ({"status": "FAILED"}, "FAILED: demo", {"project": "demo", "error": "FAILED", "startedBy": "PERSON"}),
        # StopExecution takes any error from the caller.
        ({"error": CONFIDENTIAL}, "ABORTED: demo", {"project": "demo", "error": "ABORTED", "startedBy": "PERSON"}),
    ],
)
def test_subject_and_attributes_say_how_it_ended(members: Any, subject: str, shown: dict[str, str]) -> None:
    message = make_message(describe(**members))
    assert (message["Subject"], attributes(message)) == (subject, shown)


@pytest.mark.parametrize(
    ("name", "subject", "line"),
    [
        ("www.example.com", "ABORTED: www[.]example[.]com", "Project: www[.]example[.]com"),
        ("p" * 255, f"ABORTED: {'p' * 90}", f"Project: {'p' * 255}"),
    ],
)
def test_a_project_with_a_hostile_name_makes_no_link(name: str, subject: str, line: str) -> None:
    message = make_message(describe(given=json.dumps({"ProjectName": name})))
    assert message["Subject"] == subject
    assert json.loads(message["Message"])["default"].split("\n")[-1] == line


def test_neither_input_nor_cause_is_quoted() -> None:
    given = json.dumps({"ProjectName": f"{CONFIDENTIAL}\n"})
    message = make_message(describe(status="FAILED", error="E", cause=CONFIDENTIAL, given=given))
    assert CONFIDENTIAL not in json.dumps(message)
    assert "Project:" not in json.loads(message["Message"])["default"]


def test_a_subject_is_one_line_of_ascii() -> None:
    message = make_message(describe(arn=ARN + "é\n", given="[]", status="FAILED", error="E\r" * 90))
    assert len(message["Subject"]) == 99
    assert message["Subject"].isascii()
    assert message["Subject"].isprintable()
