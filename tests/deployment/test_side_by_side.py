"""Two deployments in one account and Region, each for its own projects, until one is destroyed."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.functions import FUNCTIONS
from local.aws import ACCOUNT, REGION, LocalAws, forget_other_accounts
from local.cdk import deploy_assembly, destroy, synthesize_assembly
from tests.support.executions import Execution, Executions, Subscriber, read_records
from tests.support.inventory import KINDS, PARTS, list_all_resources, list_keys_pending_deletion, list_stack_resources
from tests.support.workbench import Workbench, images

NAMES = ("left", "right")
TOPICS = ("TopicArn", "ChatTopicArn")
Inventory = dict[str, set[str]]


@dataclass(frozen=True)
class Deployment:
    """One of the two deployments, the resources that it created, and subscribers to its topics."""

    name: str
    assembly: Path
    outputs: dict[str, str]
    created: Inventory
    subscribers: dict[str, Subscriber]

    @property
    def machine(self) -> str:
        return self.outputs["StateMachineArn"]


@dataclass(frozen=True)
class Result:
    """The executions for one project, and the messages about it."""

    executions: dict[str, list[Execution]]
    messages: dict[tuple[str, str], list[str]]


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """A local AWS of this module's own, because both deployments receive the events of every dataset in it."""
    forget_other_accounts()
    with LocalAws(wait_scale=0) as aws:
        aws.configure(creation_seconds=0.0, distribution_seconds=0.0)
        yield aws


@pytest.fixture(scope="module")
def bench(aws: LocalAws) -> Workbench:
    aws.client("s3").create_bucket(Bucket="manifests")
    return Workbench(aws, aws.client("rekognition"), aws.client("s3"), "manifests")


@pytest.fixture(scope="module")
def deployments(aws: LocalAws) -> dict[str, Deployment]:
    return {name: deployed(aws, name) for name in NAMES}


def deployed(aws: LocalAws, name: str) -> Deployment:
    assembly = synthesize_assembly(aws, context={"stackName": name, "projects": f"{name}-*,both-*"})
    before = list_all_resources(aws)
    outputs = deploy_assembly(aws, assembly, name)
    created = {kind: names - before[kind] for kind, names in list_all_resources(aws).items()}
    return Deployment(name, assembly, outputs, created, {topic: Subscriber(aws, outputs[topic]) for topic in TOPICS})


@pytest.fixture(scope="module")
def executions(aws: LocalAws, deployments: dict[str, Deployment]) -> Executions:
    return Executions(aws, deployments["left"].machine)


@pytest.fixture(scope="module")
def create(bench: Workbench, deployments: dict[str, Deployment], executions: Executions) -> Callable[[str], Result]:
    """Creates a project and its two datasets. Each dataset starts an execution in each deployment."""

    def create_pair(name: str) -> Result:
        project = bench.rekognition.create_project(ProjectName=name)["ProjectArn"]
        bench.create(project, "TRAIN", images(10))
        executions.wait_for_all(name, count=2)
        bench.create(project, "TEST")
        ended = executions.wait_for_all(name, count=4)
        return Result(
            {
                each.name: [e for e in ended if each.machine.rpartition(":")[2] in e.arn]
                for each in deployments.values()
            },
            {
                (each.name, topic): [message.message for message in subscriber.receive_all()]
                for each in deployments.values()
                for topic, subscriber in each.subscribers.items()
            },
        )

    return create_pair


def outcomes(executions: list[Execution]) -> list[str]:
    return sorted(execution.output["Outcome"] for execution in executions)


@pytest.fixture(scope="module")
def of_the_left(create: Callable[[str], Result]) -> Result:
    return create("left-1")


def test_project_is_distributed_by_its_own_deployment(of_the_left: Result) -> None:
    assert outcomes(of_the_left.executions["left"]) == ["DISTRIBUTED", "SKIPPED"]


def test_other_deployment_skips_the_project_with_a_reason(of_the_left: Result) -> None:
    for execution in of_the_left.executions["right"]:
        assert execution.output["Outcome"] == "SKIPPED"
        assert execution.output["Reason"] == (
            "This deployment does not cover project left-1. It covers: right-*, both-*."
        )


def test_only_the_own_deployment_sends_notifications(of_the_left: Result) -> None:
    counts = {topic: len(messages) for topic, messages in of_the_left.messages.items()}
    assert counts == {(name, topic): int(name == "left") for name in NAMES for topic in TOPICS}


def test_each_deployment_has_its_own_records(
    aws: LocalAws, deployments: dict[str, Deployment], of_the_left: Result
) -> None:
    assert of_the_left
    records = {each.name: read_records(aws, each.outputs["RecordsTable"], "left-1") for each in deployments.values()}
    assert [record["Outcome"] for record in records["left"]] == ["DISTRIBUTED"]
    assert records["right"] == []


def test_each_deployment_has_its_own_metrics(aws: LocalAws, of_the_left: Result) -> None:
    assert of_the_left
    listed = aws.client("cloudwatch").list_metrics(Namespace="DatasetDistribution")["Metrics"]
    sent = [(metric["MetricName"], {each["Name"]: each["Value"] for each in metric["Dimensions"]}) for metric in listed]
    outcomes = {(values["service"], values["Outcome"]) for name, values in sent if name == "Outcomes"}
    assert outcomes == {("left", "DISTRIBUTED"), ("left", "SKIPPED"), ("right", "SKIPPED")}


def test_each_deployment_has_its_own_alarms(aws: LocalAws, deployments: dict[str, Deployment]) -> None:
    """The dimensions of an alarm contain the stack's name, and the alarm goes to the topic of that stack."""
    for deployment in deployments.values():
        alarms = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=deployment.name)["MetricAlarms"]
        assert alarms
        assert {topic for alarm in alarms for topic in alarm["AlarmActions"]} == {deployment.outputs["AlarmTopicArn"]}
        assert all(deployment.name in json.dumps(alarm["Dimensions"]) for alarm in alarms)


@pytest.mark.parametrize("kind", KINDS)
def test_deployments_share_no_resource(deployments: dict[str, Deployment], kind: str) -> None:
    """Each creates as many resources as the other, all with its name."""
    created = {name: deployment.created[kind] for name, deployment in deployments.items()}
    assert len(created["left"]) == len(created["right"]) > 0
    assert [each for name in NAMES for each in created[name] if name not in each.lower()] == []


@pytest.mark.parametrize("action", ["DescribeDataset", "DistributeDatasetEntries", "ListDatasetLabels"])
def test_no_function_has_rights_on_the_other_projects(
    aws: LocalAws, deployments: dict[str, Deployment], action: str
) -> None:
    """Only DescribeProjects takes no resource."""
    assert deployments
    assert allowed(aws, "left", action) == {"left": True, "right": False}
    assert allowed(aws, "right", action) == {"left": False, "right": True}


def allowed(aws: LocalAws, deployment: str, action: str) -> dict[str, bool]:
    """Whether a role of a function of the deployment allows the action, by the project of the dataset."""
    iam = aws.client("iam")
    functions = aws.client("lambda").list_functions()["Functions"]
    roles = {
        function["Role"] for function in functions if function["FunctionName"].startswith(f"{deployment}-Functions")
    }
    assert len(roles) == len(FUNCTIONS)

    def may(role: str, project: str) -> bool:
        arn = f"arn:aws:rekognition:{REGION}:{ACCOUNT}:project/{project}-1/dataset/test/1"
        (result,) = iam.simulate_principal_policy(
            PolicySourceArn=role, ActionNames=[f"rekognition:{action}"], ResourceArns=[arn]
        )["EvaluationResults"]
        return str(result["EvalDecision"]) == "allowed"

    return {project: any(may(role, project) for role in roles) for project in NAMES}


def test_project_of_the_other_deployment_fails_with_a_reason(
    deployments: dict[str, Deployment], executions: Executions, of_the_left: Result
) -> None:
    assert of_the_left
    right = deployments["right"]
    execution = executions.wait_until_ended(executions.begin({"ProjectName": "left-1"}, right.machine))
    assert (execution.status, execution.error) == ("FAILED", "ProjectNotCovered")
    reason = "This deployment does not cover project left-1. It covers: right-*, both-*."
    assert execution.cause.startswith(reason)
    (message,) = right.subscribers["TopicArn"].receive_all()
    assert (message.subject, message.notice["Cause"]) == ("FAILED: left-1 (ProjectNotCovered)", reason)


def test_shared_project_is_distributed_once(create: Callable[[str], Result], bench: Workbench) -> None:
    """Sharing a project is a mistake without harm: the second execution polls the same distribution or is skipped."""
    result = create("both-1")
    distributions = [
        each for each in bench.aws.internal_state()["distributions"] if ":project/both-1/" in json.dumps(each)
    ]
    assert len(distributions) == 1
    ended = [execution for executions in result.executions.values() for execution in executions]
    assert {execution.output["Outcome"] for execution in ended} == {"DISTRIBUTED", "SKIPPED"}
    for execution in ended:
        if execution.output["Outcome"] == "DISTRIBUTED":
            assert execution.output["Reason"].startswith("2 of 10 entries (20%) are in the test dataset now")


@dataclass(frozen=True)
class Destroyed:
    """The resources of each deployment before and after the left one is destroyed. Both buckets have a page."""

    before: dict[str, Inventory]
    after: dict[str, Inventory]


@pytest.fixture(scope="module")
def destroyed(aws: LocalAws, deployments: dict[str, Deployment], create: Callable[[str], Result]) -> Destroyed:
    """Destroys the left deployment. The tests above need both."""
    for name in NAMES:
        create(f"{name}-2")
    before = {name: list_stack_resources(aws, name) for name in NAMES}
    destroy(aws, deployments["left"].assembly, "left")
    return Destroyed(before, {name: list_stack_resources(aws, name) for name in NAMES})


def test_destroyed_deployment_leaves_only_its_scheduled_key(aws: LocalAws, destroyed: Destroyed) -> None:
    """A key that is scheduled for deletion costs nothing (AWS KMS pricing)."""
    assert destroyed.before["left"].keys() == KINDS.keys()
    assert destroyed.after["left"] == {}
    assert {f"left/{key}" for key in list_keys_pending_deletion(aws)} == destroyed.before["left"]["AWS::KMS::Key"]


def test_inventory_covers_every_type_of_resource(deployments: dict[str, Deployment]) -> None:
    template = json.loads((deployments["left"].assembly / "left.template.json").read_text())
    assert {resource["Type"] for resource in template["Resources"].values()} - PARTS == KINDS.keys()


def test_other_deployment_still_works(
    deployments: dict[str, Deployment], executions: Executions, destroyed: Destroyed
) -> None:
    assert destroyed.after["right"] == destroyed.before["right"]
    arn = executions.begin({"ProjectName": "right-2"}, deployments["right"].machine)
    assert executions.wait_until_ended(arn).output["Outcome"] == "ALREADY_DISTRIBUTED"
