"""An execution logs its history, as far as its state machine configures it."""

import json
from typing import Any

import pytest

from local.aws import ACCOUNT, LocalAws
from local.ministack_patches.step_functions.machine_logging import LOG_DELIVERY
from tests.support.executions import wait_until
from tests.support.machines import FAIL, Machine
from tests.support.telemetry import read_log_lines
from tests.support.unique import unique


def logged(aws: LocalAws, level: str, with_data: bool) -> tuple[str, list[dict[str, Any]]]:
    """The ARN of an execution that fails with the error "Secret", and the events that it has logged."""
    group = unique("group")
    aws.client("logs").create_log_group(logGroupName=group)
    destination = {"logGroupArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:{group}:*"}
    logging = {
        "level": level,
        "includeExecutionData": with_data,
        "destinations": [{"cloudWatchLogsLogGroup": destination}],
    }
    states = {"Begin": {"Type": "Pass", "Next": "Stop"}, **FAIL}
    machine = Machine(aws, states, actions=LOG_DELIVERY, settings={"loggingConfiguration": logging})
    arn = machine.run(Error="Secret")
    return arn, [json.loads(line) for line in wait_until(lambda: read_log_lines(aws, group))]


@pytest.mark.parametrize("with_data", [True, False])
def test_the_log_has_the_form_of_step_functions(local_aws: LocalAws, with_data: bool) -> None:
    arn, found = logged(local_aws, "ALL", with_data)
    assert [(each["id"], each["type"]) for each in found] == [
        ("1", "ExecutionStarted"),
        ("2", "PassStateEntered"),
        ("3", "PassStateExited"),
        ("4", "FailStateEntered"),
        ("5", "ExecutionFailed"),
    ]
    assert [each["previous_event_id"] for each in found] == ["0", "0", "2", "3", "4"]
    assert {(each["execution_arn"], each["redrive_count"]) for each in found} == {(arn, "0")}
    assert all(each["event_timestamp"].isdecimal() for each in found)
    assert found[1]["details"]["name"] == "Begin"
    assert found[-1]["details"]["error"] == "Secret"
    assert ("input" in found[0]["details"]) is with_data
    assert ("output" in found[2]["details"]) is with_data
    assert ("cause" in found[-1]["details"]) is with_data


@pytest.mark.parametrize(
    ("level", "types"), [("ERROR", ["FailStateEntered", "ExecutionFailed"]), ("FATAL", ["ExecutionFailed"])]
)
def test_a_level_omits_the_events_below_it(local_aws: LocalAws, level: str, types: list[str]) -> None:
    assert [each["type"] for each in logged(local_aws, level, False)[1]] == types
