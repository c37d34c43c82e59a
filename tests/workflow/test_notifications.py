"""The workflow notifies people by e-mail and programs by a notice and an event."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from local.aws import LocalAws
from local.queues import create_queue
from tests.support.executions import Executions, Subscriber, only
from tests.support.workbench import Workbench, boxed, classified, images

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "notice.schema.json").read_text())
EXAMPLES = [
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", (DOCS / "notifications.md").read_text(), re.S)
]
*FILTERS, RULE = EXAMPLES
MOST_BYTES = 256 * 1024  # of an SNS message, and of an event
MOST_RETRIES = ATTEMPTS[Retried.QUICKLY].most
# What the function that reports may not do, and what is missing then.
PARTS = {
    "dynamodb:UpdateItem": "The record could not be completed",
    "rekognition:ListDatasetLabels": "The labels could not be counted",
    "states:GetExecutionHistory": "The report page has no timeline",
    "s3:PutObject": "The report page could not be stored",
}
Waiting = Callable[[], list[dict[str, Any]]]


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
    assert "\n\nWhat to do: Most often a label has too few images." in mail["Text"]
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


@pytest.mark.parametrize(
    ("policy", "expected"),
    list(zip(DOCUMENTED_FILTERS, (["FAILED"], ["DISTRIBUTED"], []), strict=True)),
    ids=["failures", "projects", "events"],
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
    queue = subscribe_with_filter(local_aws, stack["TopicArn"], DOCUMENTED_FILTERS[2])
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
    queue = subscribe_to_chat(local_aws, stack)
    execution = distribute(bench, project, executions, images(10))
    chat = read_chat(local_aws, queue)
    assert chat["content"]["title"] == f"DISTRIBUTED: {project.split('/')[1]}"
    assert chat["content"]["nextSteps"][0] == "Nothing. The pair is ready to train with."
    assert chat["content"]["nextSteps"][1] == f"Report: {execution.output['ReportLink']}"
    assert execution.arn in chat["content"]["nextSteps"][2]


def test_chat_message_lists_the_warnings(
    local_aws: LocalAws, stack: dict[str, str], bench: Workbench, project: str, executions: Executions
) -> None:
    queue = subscribe_to_chat(local_aws, stack)
    bench.aws.configure(min_per_label=1, at_least_one=False)
    rare = images(2, "<!here> [rare](http://x)")
    distribute(bench, project, executions, images(20, "rusty") + rare)
    content = read_chat(local_aws, queue)["content"]
    assert "\n- No test entry has the label &lt;!here&gt; [rare] (http://x). " in content["description"]
    assert content["nextSteps"][0] == "Read the warnings above before you train with the pair."


def test_hostile_input_mentions_nobody_in_a_channel(
    local_aws: LocalAws, stack: dict[str, str], executions: Executions
) -> None:
    queue = subscribe_to_chat(local_aws, stack)
    executions.run({"ProjectName": "<!channel> & <http://x|y>"})
    assert "&lt;!channel&gt; &amp; &lt;http" in read_chat(local_aws, queue)["content"]["description"]


def subscribe_to_chat(local_aws: LocalAws, stack: dict[str, str]) -> str:
    """The URL of a queue that receives the messages of the chat topic."""
    queue, arn = create_queue(local_aws, "sns.amazonaws.com")
    local_aws.client("sns").subscribe(TopicArn=stack["ChatTopicArn"], Protocol="sqs", Endpoint=arn)
    return queue


def read_chat(local_aws: LocalAws, queue: str) -> dict[str, Any]:
    """The one message in the queue. Raises ValidationError when docs/chat.schema.json does not describe it."""
    (body,) = receive(local_aws, queue)
    chat: dict[str, Any] = json.loads(body["Message"])
    Draft202012Validator(json.loads((DOCS / "chat.schema.json").read_text())).validate(chat)
    return chat


@pytest.mark.parametrize("call", PARTS)
def test_a_part_of_the_report_that_fails_is_a_note(
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
    with refused(local_aws, role_of(local_aws, "ReportOutcomeRole"), call):
        assert executions.run({"ProjectArn": project}).output["Outcome"] == "DISTRIBUTED"
    notice = valid(only(subscriber.received()).notice)
    (note,) = notice["Notes"]
    assert note.startswith(f"{PARTS[call]}: ")
    assert call.partition(":")[2] in note
    assert f"\n{note}\n" in local_aws.mails(address)[0]["Text"]
    assert (notice["ReportLink"] is None) == (call == "s3:PutObject")
    assert (notice["Report"]["Labels"] is None) == (call == "rekognition:ListDatasetLabels")


def test_a_failure_whose_input_cannot_be_read_is_told(
    local_aws: LocalAws, executions: Executions, subscriber: Subscriber
) -> None:
    with refused(local_aws, role_of(local_aws, "ReportOutcomeRole"), "states:DescribeExecution"):
        executions.run({"ProjectName": "x"})
    notice = valid(only(subscriber.received()).notice)
    assert (notice["Error"], notice["ProjectName"]) == ("ProjectNotFound", None)
    assert notice["Notes"][0].startswith("The input could not be read: ")


@pytest.mark.parametrize("call", ["rekognition:ListDatasetLabels", "states:GetExecutionHistory"])
def test_what_passes_by_itself_is_tried_again_until_the_last_try(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, call: str
) -> None:
    local_aws.follow_waits(True)
    bench.pair(project, images(10))
    for times, noted in ((MOST_RETRIES, 0), (0, 1)):
        local_aws.inject(Fault(call, error="ThrottlingException", times=times))
        execution = executions.run({"ProjectArn": project})
        assert failures_of(execution, "Report outcome") == MOST_RETRIES
        assert len(only(subscriber.received()).notice["Notes"]) == noted
        anew(bench, execution)


def failures_of(execution: Execution, state: str) -> int:
    """How many tries of the state's task have failed."""
    events = iter(execution.history())
    inside = takewhile(
        lambda event: event["type"] != "TaskStateExited", dropwhile(lambda e: not enters(e, state), events)
    )
    return sum(event["type"] == "TaskFailed" for event in inside)


def enters(event: dict[str, Any], state: str) -> bool:
    return bool(event.get("stateEnteredEventDetails", {}).get("name") == state)


def anew(bench: Workbench, execution: Execution) -> None:
    """Its pair can be distributed again."""
    bench.aws.configure(deletion_seconds=0)
    bench.rekognition.delete_dataset(DatasetArn=execution.output["After"]["Test"]["Arn"])
    bench.create(execution.output["ProjectArn"], "TEST")


def test_a_completion_event_that_cannot_be_sent_is_told_by_mail(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, address: str
) -> None:
    local_aws.follow_waits(True)
    local_aws.inject(Fault("state:Send completion event", error="Broken", message="Sorry.", times=0))
    assert distribute(bench, project, executions, images(10)).output["Outcome"] == "DISTRIBUTED"
    assert valid(only(subscriber.received()).notice)["Outcome"] == "DISTRIBUTED"
    assert f"\n{NO_EVENT}\n" in local_aws.mails(address)[0]["Text"]


def test_a_chat_that_cannot_be_notified_changes_nothing(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    local_aws.follow_waits(True)
    local_aws.inject(Fault("state:Notify chat", error="SNS.NotFoundException", times=0))
    assert distribute(bench, project, executions, images(10)).output["Outcome"] == "DISTRIBUTED"
    assert only(subscriber.received()).outcome == "DISTRIBUTED"


def lose_the_report(states: dict[str, Any]) -> None:
    arguments = states["Report outcome"]["Arguments"]
    arguments["FunctionName"] = f"{arguments['FunctionName'].rpartition(':')[0]}:99999"


@pytest.mark.parametrize(
    ("lines", "outcome", "cause"),
    [(10, "DISTRIBUTED", "2 of 10 entries (20%) are in the test dataset now"), (1, "FAILED", "doesn't have enough")],
)
def test_without_the_function_that_reports_people_are_notified_in_plain_words(
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
    with redefined(local_aws, stack["StateMachineArn"], lose_the_report):
        execution = distribute(bench, project, executions, images(lines))
    told = only(subscriber.received())
    assert told.message.startswith(f"Outcome: {outcome}\n")
    assert cause in told.message
    assert told.message.endswith(f"Execution: {execution.arn}")
    assert execution.status == ("SUCCEEDED" if outcome == "DISTRIBUTED" else "FAILED")
    shown = execution.output["Reason"] if execution.output else execution.cause
    assert cause in shown


def test_an_input_that_no_function_ever_saw_is_notified_in_plain_words(
    local_aws: LocalAws, executions: Executions, subscriber: Subscriber
) -> None:
    with refused(local_aws, role_of(local_aws, "WorkflowRole"), "lambda:InvokeFunction"):
        execution = executions.run({"ProjectName": "x"})
    told = only(subscriber.received())
    assert told.message.startswith("Outcome: FAILED\nError: Lambda.AWSLambdaException\nCause: User: ")
    assert execution.error == "Lambda.AWSLambdaException"
    assert "What to do: " in execution.cause


def test_a_message_that_sns_refuses_is_told_in_plain_words(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    local_aws.follow_waits(True)
    local_aws.inject(Fault("state:Notify people", error="SNS.InvalidParameterException", times=0))
    assert distribute(bench, project, executions, images(10)).output["Outcome"] == "DISTRIBUTED"
    assert only(subscriber.received()).message.startswith("Outcome: DISTRIBUTED\n")


def test_a_forged_event_reaches_nobody(
    local_aws: LocalAws, stack: dict[str, str], bench: Workbench, project: str, executions: Executions
) -> None:
    """Whoever has events:PutEvents in the account can write whatever source the account's own events have."""
    distribute(bench, project, executions, images(10))
    heard = []
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
