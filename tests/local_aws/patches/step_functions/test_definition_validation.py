"""Definitions are validated: on request, and when a state machine is created or updated."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from local.aws import LocalAws
from tests.support.machines import SUCCEED, Machine, task
from tests.support.roles import Role
from tests.support.stacks import Stack
from tests.support.unique import unique

FAILED, TARGET, END = "SCHEMA_VALIDATION_FAILED", "MISSING_TRANSITION_TARGET", "MISSING_END_STATE"


def starting_with(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"QueryLanguage": "JSONata", "StartAt": "Begin", "States": {"Begin": state, **more}}


def passing(**more: Any) -> dict[str, Any]:
    return starting_with({"Type": "Pass", "Next": "Done", **more}, **SUCCEED)


INVALID = {
    "nothing": (" ", {(FAILED, "")}),
    "a list": ("[]", {(FAILED, "")}),
    "no JSON": ("{not JSON}", {("INVALID_JSON_DESCRIPTION", "")}),
    "empty": ({}, {(FAILED, "/")}),
    "no such state": (passing(Next="Nowhere"), {(TARGET, "")}),
    "no such state to catch": (
        starting_with(
            task("sqs:sendMessage", {}, End=True, Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Nowhere"}])
        ),
        {(TARGET, "")},
    ),
    "no end": (starting_with({"Type": "Pass", "Next": "Begin"}), {(END, "")}),
    "no such type": (starting_with({"Type": "Paws", "End": True}), {(FAILED, "/States/Begin/Type")}),
    "no such member": (passing(Outptu=1), {(FAILED, "/States/Begin")}),
    "no seconds": (starting_with({"Type": "Wait", "End": True}), {(FAILED, "")}),
    "a wrong expression": (passing(Output="{% 1 + %}"), {("INVALID_JSONATA_EXPRESSION", "/States/Begin/Output")}),
}
VALID = {
    "text": passing(Output="new"),
    "a list": passing(Output=["", "{% $states.input %}"], Assign={"some": [1, "two"]}),
    "a condition": starting_with(
        {"Type": "Choice", "Choices": [{"Condition": "{% $states.input.a %}", "Next": "Done"}], "Default": "Done"},
        **SUCCEED,
    ),
}


@pytest.fixture(scope="module")
def stepfunctions(local_aws: LocalAws) -> Any:
    return local_aws.client("stepfunctions")


def text_of(definition: dict[str, Any] | str) -> str:
    return definition if isinstance(definition, str) else json.dumps(definition)


@pytest.mark.parametrize(("definition", "expected"), INVALID.values(), ids=INVALID)
def test_a_definition_with_an_error_fails(stepfunctions: Any, definition: Any, expected: set[tuple[str, str]]) -> None:
    found = stepfunctions.validate_state_machine_definition(definition=text_of(definition))
    assert (found["result"], found["truncated"]) == ("FAIL", False)
    diagnostics = found["diagnostics"]
    assert {each["severity"] for each in diagnostics} == {"ERROR"}
    assert all(each["message"] for each in diagnostics)
    assert expected <= {(each["code"], each.get("location", "")) for each in diagnostics}


@pytest.mark.parametrize("definition", VALID.values(), ids=VALID)
def test_a_valid_definition_is_all_right(stepfunctions: Any, definition: dict[str, Any]) -> None:
    found = stepfunctions.validate_state_machine_definition(definition=json.dumps(definition), severity="WARNING")
    assert (found["result"], found["diagnostics"], found["truncated"]) == ("OK", [], False)


def test_the_diagnostics_are_as_many_as_asked_for(stepfunctions: Any) -> None:
    unreachable = {f"State {number}": {"Type": "Succeed"} for number in range(4)}
    given = json.dumps({"StartAt": "State 0", "States": unreachable})
    for most, count, truncated in ((2, 2, True), (3, 3, False), (0, 3, False)):
        found = stepfunctions.validate_state_machine_definition(definition=given, maxResults=most)
        assert (len(found["diagnostics"]), found["truncated"]) == (count, truncated)
    with pytest.raises(ClientError, match="less than or equal to 100"):
        stepfunctions.validate_state_machine_definition(definition=given, maxResults=101)


def test_a_state_machine_needs_a_valid_definition(local_aws: LocalAws, stepfunctions: Any) -> None:
    invalid = json.dumps(passing(Next="Nowhere"))
    role = Role(local_aws, {"Action": "sqs:SendMessage"}).arn
    with pytest.raises(stepfunctions.exceptions.InvalidDefinition, match="Invalid State Machine Definition: '"):
        stepfunctions.create_state_machine(name=unique("machine"), definition=invalid, roleArn=role)
    with pytest.raises(WaiterError):
        Stack(
            local_aws,
            Machine={
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {"RoleArn": role, "DefinitionString": invalid},
            },
        )


def test_an_invalid_definition_changes_no_state_machine(local_aws: LocalAws) -> None:
    machine = Machine(local_aws, SUCCEED)
    with pytest.raises(machine.stepfunctions.exceptions.InvalidDefinition, match="MISSING_TRANSITION_TARGET"):
        machine.update(passing(Next="Nowhere"))
    assert machine.describe(machine.run())["status"] == "SUCCEEDED"
