"""A repeated StartExecution starts no second execution."""

from collections.abc import Callable

import pytest

from local.aws import LocalAws
from tests.support.machines import SUCCEED, Machine, task

DAYS = 24 * 3600
WAIT = {"Wait": {"Type": "Wait", "Seconds": "{% $states.input %}", "Next": "Done"}, **SUCCEED}


@pytest.fixture
def asking(local_aws: LocalAws, token_queue: str) -> Machine:
    """A machine that runs until its token is answered."""
    ask = {"QueueUrl": token_queue, "MessageBody": "{% $states.context.Task.Token %}"}
    return Machine(local_aws, {"Ask": task("sqs:sendMessage.waitForTaskToken", ask, Next="Done"), **SUCCEED})


def test_the_same_start_of_a_running_execution_is_answered_again(
    asking: Machine, receive_token: Callable[[], str]
) -> None:
    first = asking.start("named", '{"Who": "me"}')
    token = receive_token()
    again = asking.start("named", '{"Who": "me"}')
    assert [again[key] for key in ("executionArn", "startDate")] == [
        first[key] for key in ("executionArn", "startDate")
    ]
    with pytest.raises(asking.stepfunctions.exceptions.ExecutionAlreadyExists):
        asking.start("named", '{"Who": "you"}')
    asking.stepfunctions.send_task_success(taskToken=token, output="{}")
    assert asking.wait_until_ended(first["executionArn"])["status"] == "SUCCEEDED"
    with pytest.raises(asking.stepfunctions.exceptions.ExecutionAlreadyExists):
        asking.start("named", '{"Who": "me"}')


def test_a_start_with_another_name_starts_another_execution(asking: Machine, receive_token: Callable[[], str]) -> None:
    first, other = asking.start("first"), asking.start("other")
    assert first["executionArn"] != other["executionArn"]
    assert receive_token() != receive_token()


@pytest.mark.parametrize(("days", "is_free"), [(89, False), (91, True)])
def test_a_name_is_free_ninety_days_after_its_execution(local_aws: LocalAws, days: int, is_free: bool) -> None:
    local_aws.follow_waits(True)
    machine = Machine(local_aws, WAIT)
    first = machine.start("named", "0")
    machine.wait_until_ended(first["executionArn"])
    machine.wait_until_ended(machine.start("later", str(days * DAYS))["executionArn"])
    if is_free:
        again = machine.start("named", "0")
        assert again["executionArn"] == first["executionArn"]
        assert again["startDate"] > first["startDate"]
        assert machine.wait_until_ended(again["executionArn"])["status"] == "SUCCEEDED"
    else:
        with pytest.raises(machine.stepfunctions.exceptions.ExecutionAlreadyExists):
            machine.start("named", "0")
