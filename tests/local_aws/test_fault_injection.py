"""Faults as they strike: what boto3 sees, what Step Functions sees, and what has become of the call."""

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
ASGI_ERROR = "Error in ASGI Framework"  # Hypercorn's, above a stack trace
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
        ("rekognition", "describe_projects", PROJECTS, "OfTomorrow", "ClientError", "", 400),
        ("dynamodb", "list_tables", "dynamodb:ListTables", "ThrottlingException", "ThrottlingException", "", 400),
        ("dynamodb", "list_tables", "dynamodb:ListTables", "InternalServerError", "InternalServerError", "", 500),
        ("sns", "list_topics", "sns:ListTopics", "ThrottledException", "ThrottledException", "Throttled", 429),
        ("sqs", "list_queues", "sqs:ListQueues", "RequestThrottled", "RequestThrottled", "", 400),
    ],
)
def test_an_error_is_what_boto3_makes_of_it_on_aws(
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
    assert local_aws.struck() == [1]


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


def test_a_call_that_is_let_through_is_not_changed(local_aws: LocalAws, rekognition: Any) -> None:
    local_aws.inject(for_anyone(CREATE, cut=True, skip=1))
    rekognition.create_project(ProjectName="made")
    with pytest.raises(ConnectionClosedError):
        rekognition.create_project(ProjectName="refused")
    assert project_names(rekognition) == ["made"]


def test_only_functions_are_concerned_unless_the_fault_says_so(bench: Workbench, executions: Executions) -> None:
    bench.aws.inject(Fault(PROJECTS, error="AccessDeniedException", times=0))
    others = Role(bench.aws, {"Action": PROJECTS}).client("rekognition")
    assert project_names(bench.rekognition) == project_names(others) == []
    assert bench.aws.struck() == [0]
    assert executions.run({"ProjectName": "x"}).error == "AccessDeniedException"
    assert bench.aws.struck() == [1]


@pytest.mark.parametrize("after", [False, True])
def test_an_answer_that_is_late_is_a_read_timeout_under_the_functions_settings(
    local_aws: LocalAws, rekognition: Any, after: bool
) -> None:
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
    assert local_aws.struck() == [1]
    assert project_names(rekognition) == (["late"] if after else [])


def test_an_answer_that_is_late_but_not_too_late_is_the_true_one(local_aws: LocalAws, rekognition: Any) -> None:
    local_aws.inject(for_anyone(CREATE, seconds=0.1))
    assert "/made/" in rekognition.create_project(ProjectName="made")["ProjectArn"]
    assert local_aws.struck() == [1]


@pytest.mark.parametrize(
    ("dataset", "shown"),
    [
        ("", ["MERGE_IN_PROGRESS"] * 2),
        ("train", ["MERGE_IN_PROGRESS", "CREATE_COMPLETE"]),
        ("test", ["CREATE_COMPLETE", "MERGE_IN_PROGRESS"]),
    ],
)
def test_a_description_shows_what_is_not_so(bench: Workbench, project: str, dataset: str, shown: list[str]) -> None:
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
def test_a_state_fails_as_often_as_it_is_told_to(
    bench: Workbench, project: str, executions: Executions, state: str, error: str, after: bool
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    bench.aws.inject(Fault(f"state:{state}", error=error, message=WORDS, after=after, times=2))
    execution = executions.run({"ProjectArn": project})
    assert failures(execution) == [(error, WORDS)] * 2
    assert bench.aws.struck() == [2]
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert (bench.total(training), bench.total(test)) == (8, 2)


@pytest.mark.parametrize("after", [False, True])
def test_each_attempt_at_a_task_takes_effect_or_does_not(
    local_aws: LocalAws, executions: Executions, subscriber: Subscriber, after: bool
) -> None:
    local_aws.inject(Fault("state:Notify people", error="SNS.ThrottledException", after=after, times=0))
    execution = executions.run({"ProjectName": "x"})
    attempts = errors(execution).count("SNS.ThrottledException")
    assert local_aws.struck() == [attempts]
    assert attempts > 1
    subjects = [notification.subject for notification in subscriber.receive_all()]
    assert subjects.count("FAILED: x (ProjectNotFound)") == (attempts if after else 0)


def test_a_state_may_only_take_longer(bench: Workbench, project: str, executions: Executions) -> None:
    pair_without_execution(bench, project, executions)
    bench.aws.inject(Fault("state:Claim pair", seconds=0.1), Fault("state:Check distribution", seconds=0.1, after=True))
    execution = executions.run({"ProjectArn": project})
    assert (execution.output["Outcome"], failures(execution)) == ("DISTRIBUTED", [])
    assert bench.aws.struck() == [1, 1]


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


def test_a_killed_function_has_lambdas_words(bench: Workbench, executions: Executions) -> None:
    bench.aws.inject(Fault(PROJECTS, kill=True))
    execution = executions.run({"ProjectName": "x", "DryRun": True})
    (killed, cause), (_missing, _) = failures(execution)
    payload = json.loads(cause)
    assert killed == payload["errorType"] == "Runtime.ExitError"
    assert payload["errorMessage"].startswith("RequestId: ")
    assert payload["errorMessage"].endswith(" Error: Runtime exited with error: signal: killed")


def test_of_a_functions_processes_the_one_that_called_is_killed(bench: Workbench, executions: Executions) -> None:
    """The second call comes while the first is held up, from another process."""
    bench.aws.inject(Fault(PROJECTS, kill=True, seconds=1.5), Fault(PROJECTS, seconds=2))
    both = [executions.begin({"ProjectName": "x", "DryRun": True}) for _ in range(2)]
    seen = [errors(executions.wait_until_ended(arn)) for arn in both]
    assert sorted(seen) == [["ProjectNotFound"], ["Runtime.ExitError", "ProjectNotFound"]]


@pytest.mark.parametrize("after", [False, True])
def test_an_event_that_a_rule_cannot_deliver_is_kept(
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


def forget_by_reset(aws: LocalAws) -> None:
    aws.reset()


def forget_by_none(aws: LocalAws) -> None:
    aws.inject()


@pytest.mark.parametrize("forget", [forget_by_reset, forget_by_none])
def test_faults_are_told_until_they_are_forgotten(local_aws: LocalAws, forget: Callable[[LocalAws], None]) -> None:
    local_aws.inject(for_anyone(PROJECTS, cut=True, times=0), Fault("state:Claim pair", error="E"))
    with pytest.raises(ConnectionClosedError):
        local_aws.client("rekognition").describe_projects()
    assert get(local_aws) == {
        "faults": [
            {"call": PROJECTS, "cut": True, "times": 0, "who": "anyone", "struck": 1},
            {"call": "state:Claim pair", "error": "E", "struck": 0},
        ]
    }
    forget(local_aws)
    assert local_aws.struck() == []
    local_aws.client("rekognition").describe_projects()


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"call": PROJECTS}, r"^The faults are a list, or null, not {'call': "),
        ([{"call": PROJECTS, "eror": "E"}], r"^There is no member 'eror' of a fault;"),
        (["x"], r"^A fault is an object with a member 'call', not 'x'\.$"),
    ],
)
def test_what_is_no_list_of_faults_is_one_sentence_and_changes_nothing(
    local_aws: LocalAws, given: object, sentence: str
) -> None:
    local_aws.inject(Fault("state:Claim pair", error="E"))
    with pytest.raises(LocalAwsError, match=sentence):
        local_aws._control("faults", given)
    assert local_aws.struck() == [0]


def test_the_server_survives_many_that_strike(local_aws: LocalAws, rekognition: Any) -> None:
    local_aws.inject(for_anyone(CREATE, cut=True, after=True, times=20))
    for _ in range(20):
        with pytest.raises(ConnectionClosedError):
            rekognition.create_project(ProjectName=uuid.uuid4().hex)
    assert len(project_names(rekognition)) == 20
    assert ASGI_ERROR not in local_aws.log.read_text()
