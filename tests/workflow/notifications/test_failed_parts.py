"""When a part of the report or of the notification fails, the workflow sends the rest."""

from itertools import dropwhile, takewhile
from typing import Any

import pytest

from lambdas.messages.bundle import NO_EVENT
from lambdas.messages.links import execution_link
from lambdas.rules.failures.row import ATTEMPTS, Retried
from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import Execution, Executions, Subscriber, change_definition, only
from tests.support.roles import deny_action, find_role_name
from tests.support.workbench import Workbench, images
from tests.workflow.notifications.messages import distribute_new_pair, validate_notice

MAX_RETRIES = ATTEMPTS[Retried.QUICKLY].most
# Each call that the test denies to Report outcome, and the beginning of the note about it.
NOTES = {
    "dynamodb:UpdateItem": "The record could not be completed",
    "rekognition:ListDatasetLabels": "The labels could not be counted",
    "states:GetExecutionHistory": "The report page has no timeline",
    "s3:PutObject": "The report page could not be stored",
}


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0, event_copies=0)
    return bench


@pytest.mark.parametrize("call", NOTES)
def test_a_failed_part_of_the_report_becomes_a_note(
    local_aws: LocalAws,
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    address: str,
    call: str,
) -> None:
    local_aws.follow_waits(True)
    bench.pair(project, images(10))
    with deny_action(local_aws, find_role_name(local_aws, "ReportOutcomeRole"), call):
        assert executions.run({"ProjectArn": project}).output["Outcome"] == "DISTRIBUTED"
    notice = validate_notice(only(subscriber.receive_all()).notice)
    (note,) = notice["Notes"]
    assert note.startswith(f"{NOTES[call]}: ")
    assert call.partition(":")[2] in note
    assert f"\n{note}\n" in local_aws.mails(address)[0]["Text"]
    assert (notice["ReportLink"] is None) == (call == "s3:PutObject")
    assert (notice["Report"]["Labels"] is None) == (call == "rekognition:ListDatasetLabels")


def test_an_unreadable_input_becomes_a_note(
    local_aws: LocalAws, executions: Executions, subscriber: Subscriber
) -> None:
    with deny_action(local_aws, find_role_name(local_aws, "ReportOutcomeRole"), "states:DescribeExecution"):
        executions.run({"ProjectName": "x"})
    notice = validate_notice(only(subscriber.receive_all()).notice)
    assert (notice["Error"], notice["ProjectName"]) == ("ProjectNotFound", None)
    assert notice["Notes"][0].startswith("The input could not be read: ")


@pytest.mark.parametrize("call", ["rekognition:ListDatasetLabels", "states:GetExecutionHistory"])
def test_throttling_is_retried_before_it_becomes_a_note(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, call: str
) -> None:
    local_aws.follow_waits(True)
    bench.pair(project, images(10))
    for times, noted in ((MAX_RETRIES, 0), (0, 1)):
        local_aws.inject(Fault(call, error="ThrottlingException", times=times))
        execution = executions.run({"ProjectArn": project})
        assert count_failed_tries(execution, "Report outcome") == MAX_RETRIES
        assert len(only(subscriber.receive_all()).notice["Notes"]) == noted
        recreate_test_dataset(bench, execution)


def count_failed_tries(execution: Execution, state: str) -> int:
    """How many tries of the task failed in the first visit to the state."""
    events = iter(execution.history())
    inside = takewhile(
        lambda event: event["type"] != "TaskStateExited", dropwhile(lambda e: not is_entering(e, state), events)
    )
    return sum(event["type"] == "TaskFailed" for event in inside)


def is_entering(event: dict[str, Any], state: str) -> bool:
    return bool(event.get("stateEnteredEventDetails", {}).get("name") == state)


def recreate_test_dataset(bench: Workbench, execution: Execution) -> None:
    """Create the test dataset of the execution again, so that the pair can be distributed again."""
    bench.aws.configure(deletion_seconds=0)
    bench.rekognition.delete_dataset(DatasetArn=execution.output["After"]["Test"]["Arn"])
    bench.create(execution.output["ProjectArn"], "TEST")


def test_an_unsent_completion_event_is_noted_in_the_e_mail(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, address: str
) -> None:
    local_aws.follow_waits(True)
    local_aws.inject(Fault("state:Send completion event", error="Broken", message="Sorry.", times=0))
    assert distribute_new_pair(bench, project, executions, images(10)).output["Outcome"] == "DISTRIBUTED"
    assert validate_notice(only(subscriber.receive_all()).notice)["Outcome"] == "DISTRIBUTED"
    assert f"\n{NO_EVENT}\n" in local_aws.mails(address)[0]["Text"]


def test_a_failed_chat_message_does_not_change_the_outcome(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    local_aws.follow_waits(True)
    local_aws.inject(Fault("state:Notify chat", error="SNS.NotFoundException", times=0))
    assert distribute_new_pair(bench, project, executions, images(10)).output["Outcome"] == "DISTRIBUTED"
    assert only(subscriber.receive_all()).outcome == "DISTRIBUTED"


def break_report_function(states: dict[str, Any]) -> None:
    arguments = states["Report outcome"]["Arguments"]
    arguments["FunctionName"] = f"{arguments['FunctionName'].rpartition(':')[0]}:99999"


@pytest.mark.parametrize(
    ("lines", "outcome", "cause"),
    [(10, "DISTRIBUTED", "2 of 10 entries (20%) are in the test dataset now"), (1, "FAILED", "doesn't have enough")],
)
def test_plain_words_replace_the_report_of_a_broken_function(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    lines: int,
    outcome: str,
    cause: str,
) -> None:
    local_aws.follow_waits(True)
    with change_definition(local_aws, stack["StateMachineArn"], break_report_function):
        execution = distribute_new_pair(bench, project, executions, images(lines))
    notification = only(subscriber.receive_all())
    assert notification.message.startswith(f"Outcome: {outcome}\n")
    assert cause not in notification.message
    assert notification.message.endswith(f"Execution: {execution_link(execution.arn)}")
    assert execution.status == ("SUCCEEDED" if outcome == "DISTRIBUTED" else "FAILED")
    shown = execution.output["Reason"] if execution.output else execution.cause
    assert cause in shown


def test_plain_words_report_that_no_function_can_run(
    local_aws: LocalAws, executions: Executions, subscriber: Subscriber
) -> None:
    with deny_action(local_aws, find_role_name(local_aws, "WorkflowRole"), "lambda:InvokeFunction"):
        execution = executions.run({"ProjectName": "x"})
    notification = only(subscriber.receive_all())
    assert notification.message.startswith("Outcome: FAILED\nError: Lambda.AWSLambdaException\n\nWhat to do: ")
    assert execution.error == "Lambda.AWSLambdaException"
    assert execution.cause.startswith("User: ")
    assert "What to do: " in execution.cause


def test_plain_words_replace_a_message_that_sns_refuses(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    local_aws.follow_waits(True)
    local_aws.inject(Fault("state:Notify people", error="SNS.InvalidParameterException", times=0))
    assert distribute_new_pair(bench, project, executions, images(10)).output["Outcome"] == "DISTRIBUTED"
    assert only(subscriber.receive_all()).message.startswith("Outcome: DISTRIBUTED\n")
