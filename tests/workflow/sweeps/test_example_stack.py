"""The example stack of docs/: CloudFormation makes empty datasets, a person fills one, a sweep distributes the pair."""

import json
from typing import Any

import pytest

from local.aws import ROOT, LocalAws
from tests.support.executions import Executions
from tests.support.unique import unique
from tests.support.workbench import Workbench, images

EXAMPLE = ROOT / "docs" / "examples" / "project-with-datasets.yaml"
ENTRIES, MOVED = 10, 2
TWO_HOURS = 7200.0


@pytest.fixture
def example(local_aws: LocalAws, bench: Workbench) -> Any:
    """The outputs of the deployed example."""
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0, deletion_seconds=0)
    cloudformation, name = local_aws.client("cloudformation"), unique("example")
    parameters = [{"ParameterKey": "ProjectName", "ParameterValue": name}]
    cloudformation.create_stack(StackName=name, TemplateBody=EXAMPLE.read_text(), Parameters=parameters)
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    yield {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    assert bench.rekognition.describe_projects()["ProjectDescriptions"] == []


def test_a_filled_dataset_of_the_example_is_distributed(
    bench: Workbench, executions: Executions, stack: dict[str, str], example: dict[str, str]
) -> None:
    """The events of the empty datasets distribute nothing, and no event follows when one is filled."""
    for dataset in ("TrainingDatasetArn", "TestDatasetArn"):
        assert executions.wait_until_ended_for(example[dataset]).ending == "SKIPPED"
    bench.update(example["TrainingDatasetArn"], *images(ENTRIES))
    bench.aws.follow_waits(True)
    bench.aws.advance(TWO_HOURS)
    swept = executions.wait_until_ended(executions.begin({"StartedBy": "SCHEDULE"}, stack["SweepStateMachineArn"]))
    (row,) = swept.output["Pairs"]
    assert executions.wait_until_ended(row["Execution"]).ending == "DISTRIBUTED", json.dumps(row)
    assert bench.total(example["TestDatasetArn"]) == MOVED
