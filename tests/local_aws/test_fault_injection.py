"""Faults that match calls: what boto3 and Step Functions receive, and whether the call takes effect."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import urllib3
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, ReadTimeoutError

from lambdas.services.sdk import CONFIG
from local.aws import ADMINISTRATOR, REGION, LocalAws, LocalAwsError
from local.faults.fault import Fault
from tests.support.executions import Execution, Executions, Subscriber, pair_without_execution
from tests.support.roles import Role
from tests.support.workbench import Workbench, images

PROJECTS = "rekognition:DescribeProjects"
DESCRIBE = "rekognition:DescribeDataset"
CREATE = "rekognition:CreateProject"
DISTRIBUTE = "rekognition:DistributeDatasetEntries"
ASGI_ERROR = "Error in ASGI Framework"  # Hypercorn logs it above a stack trace
WORDS = "Rekognition has a bad day."


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0, deletion_seconds=0)
    return bench


def for_anyone(call: str, **members: Any) -> Fault:
    return Fault(call, who="anyone", **members)


def project_names(rekognition: Any) -> list[str]:
    found = rekognition.describe_projects()["ProjectDescriptions"]
    return [description["ProjectArn"].split("/")[1] for description in found]


def failures(execution: Execution) -> list[tuple[str, str]]:
    """The errors of tasks in the execution's history, and their causes."""
    details = [event["taskFailedEventDetails"] for event in execution.history() if event["type"] == "TaskFailed"]
    return [(detail["error"], detail["cause"]) for detail in details]


def errors(execution: Execution) -> list[str]:
    return [error for error, _ in failures(execution)]


@pytest.mark.parametrize(
    ("service", "method", "call", "error", "raised", "code", "status"),
    [
        ("rekognition", "describe_projects", PROJECTS, "ThrottlingException", "ThrottlingException", "", 500),
        ("rekognition", "describe_projects", PROJECTS, "InternalServerError", "InternalServerError", "", 500),
        ("rekognition", "describe_projects", PROJECTS, "AccessDeniedException", "AccessDeniedException", "", 400),
        ("rekognition", "describe_projects", PROJECTS, "ServiceUnavailable", "ClientError", "503", 503),
        ("rekognition", "describe_projects", PROJECTS, "FutureException", "ClientError", "", 400),
        ("dynamodb", "list_tables", "dynamodb:ListTables", "ThrottlingException", "ThrottlingException", "", 400),
        ("dynamodb", "list_tables", "dynamodb:ListTables", "InternalServerError", "InternalServerError", "", 500),
        ("sns", "list_topics", "sns:ListTopics", "ThrottledException", "ThrottledException", "Throttled", 429),
        ("sqs", "list_queues", "sqs:ListQueues", "RequestThrottled", "RequestThrottled", "", 400),
    ],
)
def test_boto3_raises_an_error_as_on_aws(
    local_aws: LocalAws, service: str, method: str, call: str, error: str, raised: str, code: str, status: int
) -> None:
    local_aws.inject(for_anyone(call, error=error, message=WORDS))
    with pytest.raises(ClientError) as seen:
        getattr(local_aws.client(service), method)()
    response = seen.value.response
    assert type(seen.value).__name__ == raised
    assert response["Error"]["Code"] == (code or error)
    assert response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert (response["Error"]["Message"] == WORDS) == bool(error != "ServiceUnavailable")
    getattr(local_aws.client(service), method)()
    assert local_aws.match_counts() == [1]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("how", "raised"), [({"error": "InternalServerError"}, ClientError), ({"cut": True}, ConnectionClosedError)]
)
def test_a_call_fails_before_or_after_it_takes_effect(
    local_aws: LocalAws, rekognition: Any, after: bool, how: dict[str, Any], raised: type[Exception]
) -> None:
    local_aws.inject(for_anyone(CREATE, after=after, **how))
    with pytest.raises(raised):
        rekognition.create_project(ProjectName="made")
    assert project_names(rekognition) == (["made"] if after else [])
    assert ASGI_ERROR not in local_aws.log.read_text()


def test_a_skipped_call_is_not_changed(local_aws: LocalAws, rekognition: Any) -> None:
    local_aws.inject(for_anyone(CREATE, cut=True, skip=1))
    rekognition.create_project(ProjectName="made")
    with pytest.raises(ConnectionClosedError):
        rekognition.create_project(ProjectName="refused")
    assert project_names(rekognition) == ["made"]


def test_a_fault_matches_only_calls_of_functions_by_default(bench: Workbench, executions: Executions) -> None:
    bench.aws.inject(Fault(PROJECTS, error="AccessDeniedException", times=0))
    others = Role(bench.aws, {"Action": PROJECTS}).client("rekognition")
    assert project_names(bench.rekognition) == project_names(others) == []
    assert bench.aws.match_counts() == [0]
    assert executions.run({"ProjectName": "x"}).error == "AccessDeniedException"
    assert bench.aws.match_counts() == [1]


@pytest.mark.parametrize("after", [False, True])
def test_a_late_answer_is_a_read_timeout_in_a_function(local_aws: LocalAws, rekognition: Any, after: bool) -> None:
    client = boto3.client(
        "rekognition",
        region_name=REGION,
        endpoint_url=local_aws.endpoint_url,
        verify=str(local_aws.ca_bundle),
        aws_access_key_id=ADMINISTRATOR,
        aws_secret_access_key=ADMINISTRATOR,
        config=CONFIG.merge(Config(read_timeout=0.3)),
    )
    local_aws.inject(for_anyone(CREATE, seconds=2, after=after))
    with pytest.raises(ReadTimeoutError):
        client.create_project(ProjectName="late")
    assert local_aws.match_counts() == [1]
    assert project_names(rekognition) == (["late"] if after else [])


def test_an_answer_within_the_timeout_is_the_true_one(local_aws: LocalAws, rekognition: Any) -> None:
    local_aws.inject(for_anyone(CREATE, seconds=0.1))
    assert "/made/" in rekognition.create_project(ProjectName="made")["ProjectArn"]
    assert local_aws.match_counts() == [1]


@pytest.mark.parametrize(
    ("dataset", "shown"),
    [
        ("", ["MERGE_IN_PROGRESS"] * 2),
        ("train", ["MERGE_IN_PROGRESS", "CREATE_COMPLETE"]),
        ("test", ["CREATE_COMPLETE", "MERGE_IN_PROGRESS"]),
    ],
)
def test_a_fault_replaces_members_of_a_description(
    bench: Workbench, project: str, dataset: str, shown: list[str]
) -> None:
    pair = bench.pair(project, images(3))
    seen = {"Status": "MERGE_IN_PROGRESS", "StatusMessage": None}
    bench.aws.inject(for_anyone(DESCRIBE, show=seen, dataset=dataset, times=0))
    assert [bench.status(arn) for arn in pair] == shown
    assert bench.total(pair[0]) == 3
    bench.aws.inject()
    assert [bench.status(arn) for arn in pair] == ["CREATE_COMPLETE"] * 2


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(
    ("state", "error"),
    [
        ("Resolve datasets", "Lambda.TooManyRequestsException"),
        ("Claim pair", "RecordsUnavailable"),
        ("Start distribution", "States.Timeout"),
        ("Check distribution", "ReadTimeoutError"),
        ("Notify people", "SNS.ThrottledException"),
    ],
)
def test_a_state_fails_as_often_as_the_fault_says(
    bench: Workbench, project: str, executions: Executions, state: str, error: str, after: bool
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    bench.aws.inject(Fault(f"state:{state}", error=error, message=WORDS, after=after, times=2))
    execution = executions.run({"ProjectArn": project})
    assert failures(execution) == [(error, WORDS)] * 2
    assert bench.aws.match_counts() == [2]
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert (bench.total(training), bench.total(test)) == (8, 2)


@pytest.mark.parametrize("after", [False, True])
def test_each_attempt_takes_effect_if_the_fault_comes_after(
    local_aws: LocalAws, executions: Executions, subscriber: Subscriber, after: bool
) -> None:
    local_aws.inject(Fault("state:Notify people", error="SNS.ThrottledException", after=after, times=0))
    execution = executions.run({"ProjectName": "x"})
    attempts = errors(execution).count("SNS.ThrottledException")
    assert local_aws.match_counts() == [attempts]
    assert attempts > 1
    subjects = [notification.subject for notification in subscriber.receive_all()]
    assert subjects.count("FAILED: x (ProjectNotFound)") == (attempts if after else 0)


def test_a_fault_can_only_delay_a_state(bench: Workbench, project: str, executions: Executions) -> None:
    pair_without_execution(bench, project, executions)
    bench.aws.inject(Fault("state:Claim pair", seconds=0.1), Fault("state:Check distribution", seconds=0.1, after=True))
    execution = executions.run({"ProjectArn": project})
    assert (execution.output["Outcome"], failures(execution)) == ("DISTRIBUTED", [])
    assert bench.aws.match_counts() == [1, 1]


@pytest.mark.parametrize(
    ("how", "error"),
    [
        ({"error": "InternalServerError"}, "InternalServerError"),
        ({"error": "ServiceUnavailable"}, "ClientError"),
        ({"cut": True}, "ConnectionClosedError"),
        ({"kill": True}, "Runtime.ExitError"),
    ],
)
@pytest.mark.parametrize("after", [False, True])
def test_step_functions_sees_the_error_of_a_functions_call(
    bench: Workbench, project: str, executions: Executions, how: dict[str, Any], error: str, after: bool
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    bench.aws.inject(Fault(DISTRIBUTE, after=after, **how))
    execution = executions.run({"ProjectArn": project})
    assert errors(execution) == [error]
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert (bench.total(training), bench.total(test)) == (8, 2)


def test_a_killed_function_has_the_message_of_lambda(bench: Workbench, executions: Executions) -> None:
    bench.aws.inject(Fault(PROJECTS, kill=True))
    execution = executions.run({"ProjectName": "x", "DryRun": True})
    (killed, cause), (_missing, _) = failures(execution)
    payload = json.loads(cause)
    assert killed == payload["errorType"] == "Runtime.ExitError"
    assert payload["errorMessage"].startswith("RequestId: ")
    assert payload["errorMessage"].endswith(" Error: Runtime exited with error: signal: killed")


def test_only_the_process_that_called_is_killed(bench: Workbench, executions: Executions) -> None:
    """The second call comes from another process, while the first is delayed."""
    bench.aws.inject(Fault(PROJECTS, kill=True, seconds=1.5), Fault(PROJECTS, seconds=2))
    both = [executions.begin({"ProjectName": "x", "DryRun": True}) for _ in range(2)]
    seen = [errors(executions.wait_until_ended(arn)) for arn in both]
    assert sorted(seen) == [["ProjectNotFound"], ["Runtime.ExitError", "ProjectNotFound"]]


@pytest.mark.parametrize("after", [False, True])
def test_an_undeliverable_event_goes_to_the_dead_letter_queue(
    bench: Workbench, project: str, executions: Executions, after: bool
) -> None:
    sqs = bench.aws.client("sqs")
    (queue,) = [url for url in sqs.list_queues()["QueueUrls"] if "TriggerUndelivered" in url]
    bench.aws.inject(Fault("events:StartExecution", error="ThrottlingException", after=after))
    dataset = bench.create(project, "TRAIN")
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    assert dataset in message["Body"]
    assert executions.count_started(given=dataset) == after


def get(aws: LocalAws) -> Any:
    with urllib3.PoolManager(ca_certs=str(aws.ca_bundle)) as pool:
        return pool.request("GET", f"{aws.endpoint_url}/_custom_labels/faults").json()


def remove_by_reset(aws: LocalAws) -> None:
    aws.reset()


def remove_by_inject(aws: LocalAws) -> None:
    aws.inject()


@pytest.mark.parametrize("remove", [remove_by_reset, remove_by_inject])
def test_faults_are_listed_until_they_are_removed(local_aws: LocalAws, remove: Callable[[LocalAws], None]) -> None:
    local_aws.inject(for_anyone(PROJECTS, cut=True, times=0), Fault("state:Claim pair", error="E"))
    with pytest.raises(ConnectionClosedError):
        local_aws.client("rekognition").describe_projects()
    assert get(local_aws) == {
        "faults": [
            {"call": PROJECTS, "cut": True, "times": 0, "who": "anyone", "matched": 1},
            {"call": "state:Claim pair", "error": "E", "matched": 0},
        ]
    }
    remove(local_aws)
    assert local_aws.match_counts() == []
    local_aws.client("rekognition").describe_projects()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"call": PROJECTS}, r"^The faults must be a list or null, not {'call': "),
        ([{"call": PROJECTS, "eror": "E"}], r"^A fault has no member 'eror';"),
        (["x"], r"^A fault must be an object with a member 'call', not 'x'\.$"),
    ],
)
def test_an_invalid_list_of_faults_changes_nothing(local_aws: LocalAws, given: object, sentence: str) -> None:
    local_aws.inject(Fault("state:Claim pair", error="E"))
    with pytest.raises(LocalAwsError, match=sentence):
        local_aws._control("faults", given)
    assert local_aws.match_counts() == [0]


def test_the_server_survives_many_cut_connections(local_aws: LocalAws, rekognition: Any) -> None:
    local_aws.inject(for_anyone(CREATE, cut=True, after=True, times=20))
    for _ in range(20):
        with pytest.raises(ConnectionClosedError):
            rekognition.create_project(ProjectName=uuid.uuid4().hex)
    assert len(project_names(rekognition)) == 20
    assert ASGI_ERROR not in local_aws.log.read_text()
