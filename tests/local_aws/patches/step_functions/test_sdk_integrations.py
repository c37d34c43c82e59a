"""A task calls Custom Labels with an AWS SDK integration."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from local.faults.fault import Fault
from tests.support.machines import Machine, task
from tests.support.queues import create_queue
from tests.support.unique import unique
from tests.support.workbench import Workbench, images

DESCRIBE, DISTRIBUTE = "DescribeDataset", "DistributeDatasetEntries"

Call = Callable[..., Machine]


@pytest.fixture
def call(bench: Workbench) -> Call:
    """A function that creates a machine of one call. Its role may make this call, within `rights`."""

    def create(operation: str, arguments: dict[str, Any], **rights: Any) -> Machine:
        resource = f"aws-sdk:rekognition:{operation[0].lower()}{operation[1:]}"
        machine = Machine(bench.aws, {"Call": task(resource, arguments, End=True)})
        machine.role.allow({"Action": f"rekognition:{operation}", **rights})
        return machine

    return create


def output_of(machine: Machine) -> Any:
    ended = machine.describe(machine.run())
    assert ended["status"] == "SUCCEEDED", ended
    return json.loads(ended["output"])


def error_of(machine: Machine) -> tuple[str, str]:
    ended = machine.describe(machine.run())
    return ended["error"], ended["cause"]


def pair_of(*arns: str) -> dict[str, Any]:
    return {"Datasets": [{"Arn": arn} for arn in arns]}


def test_a_task_describes_a_dataset_with_its_times_as_text(bench: Workbench, project: str, call: Call) -> None:
    training, _ = bench.pair(project, images(5))
    described = output_of(call(DESCRIBE, {"DatasetArn": training}, Resource=training))["DatasetDescription"]
    expected = bench.describe(training)
    for name in ("CreationTimestamp", "LastUpdatedTimestamp"):
        assert described[name].endswith("Z")
        assert datetime.fromisoformat(described.pop(name)) == expected.pop(name)
    assert described == expected


def test_tasks_create_a_project_and_list_entries(bench: Workbench, project: str, call: Call) -> None:
    name = unique("project")
    created = output_of(call("CreateProject", {"ProjectName": name}))
    assert created["ProjectArn"].split("/")[1] == name
    training, _ = bench.pair(project, images(3))
    listed = output_of(call("ListDatasetEntries", {"DatasetArn": training, "MaxResults": 2}))
    assert len(listed["DatasetEntries"]) == 2
    assert listed["NextToken"]


def test_a_task_distributes_a_dataset(bench: Workbench, project: str, call: Call) -> None:
    training, test = bench.pair(project, images(10))
    assert output_of(call(DISTRIBUTE, pair_of(training, test), Resource=[training, test])) == {}
    bench.finish()
    assert (bench.total(training), bench.total(test)) == (8, 2)


def test_a_task_needs_the_right_to_each_resource(bench: Workbench, project: str, call: Call) -> None:
    training, test = bench.pair(project, images(10))
    for allowed in (training, test):
        error, cause = error_of(call(DISTRIBUTE, pair_of(training, test), Resource=allowed))
        assert error == "Rekognition.AccessDeniedException"
        assert "assumed-role/" in cause
    assert bench.status(training) == "CREATE_COMPLETE"


def test_an_error_of_the_api_has_the_name_of_the_service(bench: Workbench, project: str, call: Call) -> None:
    training, test = bench.begin(project, "TRAIN", images(10)), bench.begin(project, "TEST")
    error, cause = error_of(call(DISTRIBUTE, pair_of(training, test)))
    assert error == "Rekognition.ResourceNotReadyException"
    assert "(Service: Rekognition, Status Code: 400, Request ID: " in cause


def test_an_error_that_the_api_does_not_list_is_one_of_the_service(call: Call) -> None:
    error, cause = error_of(call(DESCRIBE, {"DatasetArn": "no ARN"}))
    assert error == "Rekognition.RekognitionException"
    assert cause.startswith("1 validation error detected: Value 'no ARN' at 'DatasetArn'")


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"error": "InternalServerError"}, "InternalServerErrorException"),
        ({"error": "ServiceUnavailable"}, "RekognitionException"),
        ({"cut": True}, "SdkClientException"),
    ],
    ids=str,
)
def test_any_other_error_ends_in_exception(bench: Workbench, call: Call, fault: dict[str, Any], error: str) -> None:
    bench.aws.inject(Fault(f"rekognition:{DESCRIBE}", who="anyone", **fault))
    assert error_of(call(DESCRIBE, {"DatasetArn": "any"}))[0] == f"Rekognition.{error}"


@pytest.mark.usefixtures("events")
def test_cloudtrail_records_the_role_of_the_execution(bench: Workbench, call: Call) -> None:
    queue, arn = create_queue(bench.aws, "events.amazonaws.com")
    events, name = bench.aws.client("events"), unique("project")
    pattern = {"source": ["aws.rekognition"], "detail": {"requestParameters": {"projectName": [name]}}}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
    machine = call("CreateProject", {"ProjectName": name})
    output_of(machine)
    (message,) = bench.aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    identity = json.loads(message["Body"])["detail"]["userIdentity"]
    assert identity["type"] == "AssumedRole"
    assert identity["sessionContext"]["sessionIssuer"]["arn"] == machine.role.arn
