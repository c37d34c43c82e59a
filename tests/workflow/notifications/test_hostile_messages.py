"""A hostile StatusMessage of Rekognition does no harm in anything that people or programs read."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from lambdas.messages.links import execution_link
from lambdas.rules.pair import LONGEST_MESSAGE
from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import ADVICE, Executions, Subscriber, change_definition, only
from tests.support.telemetry import FUNCTION_LOGS, WORKFLOW_LOGS, read_log_lines
from tests.support.workbench import Workbench, images
from tests.workflow.notifications.messages import ReceiveEvents, distribute_new_pair, validate_notice
from tests.workflow.notifications.test_chat import read_chat, subscribe_to_chat
from tests.workflow.notifications.test_failed_parts import break_report_function

PHONE = "+12065550100"
MARK = "hostile"
ACCENT = "\u0301"
# Each of these shows nothing, changes the direction of text, or controls a terminal.
UNSEEN = "\u202e\u2066\u200b\u3164\u2800\ufeff\x00\x07\x1b\x7f\x85\r\u2028\U000e0041"
FORGED = "\n\nWhat to do: Pay.\nExecution: https://evil.example/x\nOutcome: DISTRIBUTED\nNobody could be notified: "
LINKS = "https://evil.example/x HTTPS://EVIL.EXAMPLE www.evil.example"
MARKUP = "<script>alert(1)</script> <!channel> <@U1> [here](https://evil.example) </p><h1>"
HOSTILE = f"{MARK} {UNSEEN} {FORGED} {LINKS} {MARKUP} e{ACCENT * 300} {'x' * 5_000}"
FAILURES = {"DistributionFailed": images(1), "DatasetCreationFailed": ["no JSON"]}


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """Rekognition gives every dataset the hostile message."""
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0, event_copies=0)
    bench.aws.inject(Fault("rekognition:DescribeDataset", show={"StatusMessage": HOSTILE}, times=0))
    return bench


@pytest.fixture
def phone(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[str]:
    """A phone number that is subscribed to the topic during the test."""
    sns = local_aws.client("sns")
    subscribed = sns.subscribe(TopicArn=stack["TopicArn"], Protocol="sms", Endpoint=PHONE, ReturnSubscriptionArn=True)
    yield PHONE
    sns.unsubscribe(SubscriptionArn=subscribed["SubscriptionArn"])


def quoted_texts(value: Any) -> list[str]:
    """The texts anywhere in the value that quote the hostile message."""
    match value:
        case dict():
            return [text for each in value.values() for text in quoted_texts(each)]
        case list():
            return [text for each in value for text in quoted_texts(each)]
    return [value] if MARK in str(value) else []


def assert_readable(texts: list[str]) -> None:
    """There are texts, and each is short and on one line, and shows every character that it has."""
    assert texts
    for text in texts:
        quoted = text[text.index(MARK) :].partition(ADVICE)[0]
        assert not set(quoted) & set(UNSEEN + "\n")
        assert ACCENT * 5 not in quoted
        assert len(quoted) < 2 * LONGEST_MESSAGE


def assert_without_links(texts: list[str]) -> None:
    assert_readable(texts)
    for text in texts:
        assert not re.search(r"(://|www\.)evil", text, re.IGNORECASE)


@pytest.mark.parametrize("error", FAILURES)
def test_people_read_a_hostile_message_as_harmless_text(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    address: str,
    phone: str,
    error: str,
) -> None:
    queue = subscribe_to_chat(local_aws, stack)
    execution = distribute_new_pair(bench, project, executions, FAILURES[error])
    (mail,), (sms,) = local_aws.mails(address), local_aws.mails(phone)
    assert sms["Text"] == mail["Subject"] == f"FAILED: {project.split('/')[1]} ({error})"
    lines = mail["Text"].split("\n")
    assert_without_links(quoted_texts(lines))
    assert [line for line in lines if line.startswith(("What to do: Pay", "Outcome:"))] == []
    link = f"Execution: {execution_link(execution.arn)}"
    assert [line for line in lines if line.startswith("Execution:")] == [link]
    content = read_chat(local_aws, queue)["content"]
    assert_without_links(quoted_texts(content))
    assert not re.search(r"<[!@]|\]\(", content["description"])


@pytest.mark.parametrize("error", FAILURES)
def test_programs_read_a_hostile_message_as_one_line(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    receive_events: ReceiveEvents,
    error: str,
) -> None:
    execution = distribute_new_pair(bench, project, executions, FAILURES[error])
    notice = validate_notice(only(subscriber.receive_all()).notice)
    assert_readable(quoted_texts(notice))
    assert [event["detail"] for event in receive_events()] == [notice]
    assert_readable(quoted_texts(execution.cause))
    assert execution.cause == f"{notice['Cause']}{ADVICE}{notice['Advice']}"
    assert_readable(quoted_texts(executions.run({"ProjectArn": project, "DryRun": True}).output))


def test_records_and_logs_hold_a_hostile_message_as_one_line(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, read_record: Any
) -> None:
    execution = distribute_new_pair(bench, project, executions, images(1))
    assert_readable(quoted_texts(read_record()))
    logged = read_log_lines(local_aws, FUNCTION_LOGS, execution.arn)
    assert_readable(quoted_texts([json.loads(line) for line in logged]))
    assert quoted_texts(read_log_lines(local_aws, WORKFLOW_LOGS, execution.arn)) == []


def test_messages_of_a_success_quote_no_status_message(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    address: str,
) -> None:
    queue = subscribe_to_chat(local_aws, stack)
    execution = distribute_new_pair(bench, project, executions, images(10))
    assert_readable(quoted_texts(execution.output))
    key = f"{project.split('/')[1]}/{execution.arn.rpartition(':')[2]}.html"
    stored = local_aws.client("s3").get_object(Bucket=stack["ReportsBucket"], Key=key)["Body"].read().decode()
    notice = validate_notice(only(subscriber.receive_all()).notice)
    assert quoted_texts([stored, notice, local_aws.mails(address), read_chat(local_aws, queue)]) == []


@pytest.mark.parametrize("error", FAILURES)
def test_plain_words_do_not_quote_a_hostile_message(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    error: str,
) -> None:
    local_aws.follow_waits(True)
    with change_definition(local_aws, stack["StateMachineArn"], break_report_function):
        execution = distribute_new_pair(bench, project, executions, FAILURES[error])
    message = only(subscriber.receive_all()).message
    assert message.startswith(f"Outcome: FAILED\nError: {error}\n")
    assert MARK not in message
    assert_readable(quoted_texts(execution.cause))
