"""The workflow notifies people by e-mail and programs by a notice and an event."""

import json
import re
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from lambdas.messages.report import Code
from local.aws import LocalAws
from tests.support.executions import Executions, Subscriber, only
from tests.support.queues import create_queue
from tests.support.workbench import Workbench, boxed, classified, images
from tests.workflow.notifications.messages import (
    DOCS,
    DOCUMENTED_FILTERS,
    DOCUMENTED_RULE,
    NOTICE_SCHEMA,
    ReceiveEvents,
    create_rule,
    distribute_new_pair,
    receive_bodies,
    validate_notice,
)


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0, event_copies=0)
    return bench


def subscribe_with_filter(aws: LocalAws, topic_arn: str, policy: dict[str, Any]) -> str:
    """The URL of a queue that receives the notifications that the filter selects."""
    queue, arn = create_queue(aws, "sns.amazonaws.com")
    attributes = {"FilterPolicy": json.dumps(policy), "RawMessageDelivery": "true"}
    aws.client("sns").subscribe(TopicArn=topic_arn, Protocol="sqs", Endpoint=arn, Attributes=attributes)
    return queue


def make_dataset_arn(project: str, kind: str) -> str:
    """The ARN of a dataset that the project does not have."""
    return f"{project.rpartition('/')[0]}/dataset/{kind}/1690474860001"


def test_the_notice_schema_is_valid() -> None:
    Draft202012Validator.check_schema(NOTICE_SCHEMA)


def test_every_warning_is_in_the_schema_and_on_the_page() -> None:
    page = (DOCS / "notifications.md").read_text()
    warning = NOTICE_SCHEMA["$defs"]["report"]["properties"]["Warnings"]["items"]
    assert warning["properties"]["Code"]["enum"] == list(Code)
    assert re.findall(r"^\| `([A-Z_]+)` \|", page, re.MULTILINE) == list(Code)


def test_an_e_mail_reports_the_distribution(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, address: str
) -> None:
    execution = distribute_new_pair(bench, project, executions, images(20, "rusty") + images(10, "clean"))
    (mail,) = local_aws.mails(address)
    name = project.split("/")[1]
    assert mail["Subject"] == f"DISTRIBUTED: {name}"
    *said, report, link, arn = mail["Text"].split("\n")
    assert said == [
        f"DISTRIBUTED: {name}",
        "",
        "6 of 30 entries (20%) are in the test dataset now, the other 24 in the training dataset.",
        "",
        "training    test  share",
        "      24       6    20%  all entries",
        "       8       2    20%  clean",
        "      16       4    20%  rusty",
        "",
        "What to do: Nothing. The pair is ready to train with.",
        "",
    ]
    assert report == f"Report: {execution.output['ReportLink']}"
    assert (link.endswith(f"/details/{execution.arn}"), arn) == (True, f"Project: {project}")


def test_a_failure_e_mail_says_how_to_run_again(
    local_aws: LocalAws, stack: dict[str, str], bench: Workbench, project: str, executions: Executions, address: str
) -> None:
    execution = distribute_new_pair(bench, project, executions, images(1))
    (mail,) = local_aws.mails(address)
    name = project.split("/")[1]
    assert mail["Subject"] == f"FAILED: {name} (DistributionFailed)"
    assert mail["Text"].startswith(f"{mail['Subject']}\n\nRekognition could not distribute the entries. ")
    assert "\n\nWhat to do: The training dataset, or one of its labels, has too few labeled images." in mail["Text"]
    again = "\n\nStart a new execution: https://us-east-1.console.aws.amazon.com/states/home?region=us-east-1#/statemachines/view/"
    assert f'{again}{stack["StateMachineArn"]}\nwith the input {{"ProjectName": "{name}"}}\n' in mail["Text"]
    assert f"/details/{execution.arn}\n" in mail["Text"]


def test_an_e_mail_about_invalid_input_names_no_project(
    local_aws: LocalAws, executions: Executions, address: str
) -> None:
    executions.run({"Project": "x"})
    (mail,) = local_aws.mails(address)
    assert mail["Subject"] == "FAILED: InvalidInput"
    assert "Project: " not in mail["Text"]


@pytest.mark.parametrize(
    "given",
    [
        lambda project: {"ProjectName": project.split("/")[1]},
        lambda project: {"ProjectArn": project},
        lambda project: {"Datasets": [{"Arn": make_dataset_arn(project, kind)} for kind in ("train", "test")]},
    ],
    ids=["name", "ARN", "datasets"],
)
def test_an_early_failure_names_the_project_of_the_input(
    local_aws: LocalAws,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    address: str,
    given: Callable[[str], dict[str, Any]],
) -> None:
    execution = executions.run(given(project))
    name = project.split("/")[1]
    notification = only(subscriber.receive_all())
    assert notification.subject == f"FAILED: {name} ({execution.error})"
    assert (validate_notice(notification.notice)["ProjectName"], notification.notice["ProjectArn"]) == (name, None)
    assert f'with the input {{"ProjectName": "{name}"}}' in local_aws.mails(address)[0]["Text"]


LINES = {
    "image-level": images(10, "rusty") + images(5, "clean"),
    "multi-label": [classified(f"{number}.jpg", "rusty", "bent") for number in range(10)],
    "localization": [boxed(f"{number}.jpg", "bolt", "bolt", "nut") for number in range(10)],
}


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("image-level", [("clean", 4, 1), ("rusty", 8, 2)]),
        ("multi-label", [("bent", 8, 2), ("rusty", 8, 2)]),
        ("localization", [("bolt", 8, 2), ("nut", 8, 2)]),
    ],
)
def test_notice_and_event_of_a_success_are_equal(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    receive_events: ReceiveEvents,
    kind: str,
    labels: list[tuple[str, int, int]],
) -> None:
    execution = distribute_new_pair(bench, project, executions, LINES[kind])
    notice = validate_notice(only(subscriber.receive_all()).notice)
    (event,) = receive_events()
    assert (event["source"], event["detail-type"]) == ("dataset-distribution", "Dataset Distribution Succeeded")
    assert event["detail"] == notice
    assert [(label["LabelName"], label["Training"], label["Test"]) for label in notice["Report"]["Labels"]] == labels
    assert (notice["Outcome"], notice["StartedBy"], notice["Execution"]) == ("DISTRIBUTED", "PERSON", execution.arn)
    assert notice["After"]["Training"]["TotalEntries"] + notice["After"]["Test"]["TotalEntries"] == len(LINES[kind])
    assert (notice["Report"]["Warnings"], notice["Notes"]) == ([], [])


@pytest.mark.parametrize("given", ["named", "invalid"])
def test_notice_and_event_of_a_failure_are_equal(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    receive_events: ReceiveEvents,
    given: str,
) -> None:
    bench.pair(project, images(1))
    execution = executions.run({"ProjectArn": project} if given == "named" else ["<x>"])
    notice = validate_notice(only(subscriber.receive_all()).notice)
    (event,) = receive_events()
    assert (event["detail-type"], event["detail"]) == ("Dataset Distribution Failed", notice)
    assert (notice["Outcome"], notice["Error"], notice["Execution"]) == ("FAILED", execution.error, execution.arn)
    assert notice["ProjectName"] == (project.split("/")[1] if given == "named" else None)


def test_an_e_mail_and_the_notice_list_the_warnings(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, address: str
) -> None:
    bench.aws.configure(min_per_label=1, at_least_one=False)
    distribute_new_pair(bench, project, executions, images(20, "rusty") + images(2, "rare"))
    notice = only(subscriber.receive_all()).notice
    assert [warning["Code"] for warning in notice["Report"]["Warnings"]] == ["LABELS_WITHOUT_TEST_ENTRIES"]
    assert "No test entry has the label rare" in local_aws.mails(address)[0]["Text"]
    assert "What to do: Read the warnings above before you train with the pair." in local_aws.mails(address)[0]["Text"]


def test_a_share_far_from_20_percent_is_not_ready_to_train(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, address: str
) -> None:
    """Two images for each pair of ten labels: one image of each of the 45 pairs moves, which is half of them."""
    pairs = list(combinations("abcdefghij", 2))
    lines = [classified(f"{one}{other}-{copy}.jpg", one, other) for one, other in pairs for copy in range(2)]
    execution = distribute_new_pair(bench, project, executions, lines)
    assert execution.output["Outcome"] == "DISTRIBUTED"
    notice = validate_notice(only(subscriber.receive_all()).notice)
    assert [warning["Code"] for warning in notice["Report"]["Warnings"]] == ["SHARE_FAR_FROM_DOCUMENTED"]
    text = local_aws.mails(address)[0]["Text"]
    assert "- The test dataset has 45 entries. AWS documents that 20% move, which is about 18 of 90." in text
    assert "What to do: Read the warnings above before you train with the pair." in text


@pytest.mark.parametrize(
    ("policy", "expected"),
    list(zip(DOCUMENTED_FILTERS, (["FAILED"], ["FAILED"], ["DISTRIBUTED"], []), strict=True)),
    ids=["failures", "no successes", "projects", "events"],
)
def test_a_documented_filter_selects_notifications(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    policy: dict[str, Any],
    expected: list[str],
) -> None:
    queue = subscribe_with_filter(local_aws, stack["TopicArn"], policy)
    named = bench.rekognition.create_project(ProjectName="defects-1")["ProjectArn"]
    distribute_new_pair(bench, named, executions, images(10))
    distribute_new_pair(bench, project, executions, images(1))
    assert [body["Outcome"] for body in receive_bodies(local_aws, queue)] == expected


def test_a_documented_filter_selects_failures_started_by_events(
    local_aws: LocalAws, stack: dict[str, str], bench: Workbench, project: str, executions: Executions
) -> None:
    queue = subscribe_with_filter(local_aws, stack["TopicArn"], DOCUMENTED_FILTERS[-1])
    bench.aws.configure(event_copies=1)
    bench.pair(project, images(1))
    executions.wait_for_all(project, count=2)
    (notice,) = receive_bodies(local_aws, queue)
    assert (validate_notice(notice)["StartedBy"], notice["Error"], notice["ProjectArn"]) == (
        "EVENT",
        "DistributionFailed",
        project,
    )


def test_the_documented_rule_matches_a_success(local_aws: LocalAws, bench: Workbench, executions: Executions) -> None:
    queue, arn = create_queue(local_aws, "events.amazonaws.com")
    create_rule(local_aws, DOCUMENTED_RULE, arn)
    named, other = (
        bench.rekognition.create_project(ProjectName=name)["ProjectArn"] for name in ("my-project", "another")
    )
    for project in (other, named):
        distribute_new_pair(bench, project, executions, images(10))
    assert [event["detail"]["ProjectArn"] for event in receive_bodies(local_aws, queue)] == [named]


def test_a_forged_event_notifies_nobody(
    local_aws: LocalAws, stack: dict[str, str], bench: Workbench, project: str, executions: Executions
) -> None:
    """Anyone with events:PutEvents in the account can send an event with the source of the workflow."""
    distribute_new_pair(bench, project, executions, images(10))
    queues = []
    for topic in ("TopicArn", "ChatTopicArn", "AlarmTopicArn"):
        queue, arn = create_queue(local_aws, "sns.amazonaws.com")
        local_aws.client("sns").subscribe(TopicArn=stack[topic], Protocol="sqs", Endpoint=arn)
        queues.append(queue)
    chat = {"version": "1.0", "source": "custom", "content": {"description": "Pay here."}}
    detail = {"Outcome": "DISTRIBUTED", "StateMachine": stack["StateMachineArn"], "Chat": chat}
    forged = {
        "Source": DOCUMENTED_RULE["source"][0],
        "DetailType": DOCUMENTED_RULE["detail-type"][0],
        "Detail": json.dumps(detail),
    }
    assert local_aws.client("events").put_events(Entries=[forged])["FailedEntryCount"] == 0
    assert [receive_bodies(local_aws, queue) for queue in queues] == [[], [], []]


def test_the_report_link_leads_to_the_page(
    local_aws: LocalAws, stack: dict[str, str], bench: Workbench, project: str, executions: Executions
) -> None:
    execution = distribute_new_pair(bench, project, executions, images(10))
    s3, bucket = local_aws.client("s3"), stack["ReportsBucket"]
    key = f"{project.split('/')[1]}/{execution.arn.rsplit(':', 1)[-1]}.html"
    console = "https://us-east-1.console.aws.amazon.com/s3/object"
    assert execution.output["ReportLink"] == f"{console}/{bucket}?region=us-east-1&prefix={key}"
    found = s3.get_object(Bucket=bucket, Key=key)
    assert found["ContentType"] == "text/html; charset=utf-8"
    html = found["Body"].read().decode()
    assert all(f"<b>{state}</b>" in html for state in execution.states[: execution.states.index("Report outcome") + 1])
