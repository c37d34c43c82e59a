"""Bad input fails with one sentence and one notification. It claims nothing and changes nothing."""

import json
from typing import Any

import pytest

from local.aws import LocalAws
from tests.support.executions import Executions, Subscriber, assert_notified_of_failure, pair_without_execution
from tests.support.workbench import Workbench

LONGEST_CAUSE = 1_500  # characters, whatever the input
DEEP = json.loads("[" * 300 + "]" * 300)


class ReadyPair:
    """A pair that can be distributed. Its methods make inputs from its ARNs."""

    def __init__(self, project: str, training: str, test: str) -> None:
        self.project, self.training, self.test = project, training, test

    def name_datasets(self, *arns: str) -> dict[str, Any]:
        return {"Datasets": [{"Arn": arn} for arn in arns]}

    def replace_in_arns(self, old: str, new: str) -> list[dict[str, Any]]:
        """Two inputs, by the project's ARN and by the datasets' ARNs, with `old` replaced by `new` in each ARN."""
        assert old in self.project
        return [
            {"ProjectArn": self.project.replace(old, new)},
            self.name_datasets(self.training.replace(old, new), self.test.replace(old, new)),
        ]

    def name_two_projects(self) -> dict[str, Any]:
        return self.name_datasets(self.training, self.test.replace(":project/", ":project/another-"))

    def make_event(self) -> dict[str, Any]:
        call = {"eventName": "CreateDataset", "requestParameters": {"projectArn": self.project}}
        return {"detail-type": "AWS API Call via CloudTrail", "detail": call}

    @property
    def project_name(self) -> str:
        return self.project.split("/")[1]

    def make_earlier_arn(self, arn: str) -> str:
        """The ARN of a resource with the same name and an earlier creation time."""
        stem, _, _ = arn.rpartition("/")
        return f"{stem}/1500000000000"


@pytest.fixture
def pair(bench: Workbench, project: str, executions: Executions) -> ReadyPair:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return ReadyPair(project, *pair_without_execution(bench, project, executions))


@pytest.fixture
def read_state(local_aws: LocalAws, stack: dict[str, str], bench: Workbench, pair: ReadyPair) -> Any:
    """Returns a function that reads what bad input must not change: the number of records, and the pair."""

    def read() -> Any:
        records = local_aws.client("dynamodb").scan(TableName=stack["RecordsTable"], Select="COUNT")["Count"]
        return records, bench.describe(pair.training), bench.describe(pair.test)

    return read


INVALID_INPUTS = {
    "empty": lambda _: {},
    "a list": lambda _: [1],
    "text": lambda pair: pair.project,
    "null": lambda _: None,
    "misspelt": lambda pair: {"ProjectNam": pair.project_name},
    "another key": lambda pair: {"ProjectName": pair.project_name, "Extra": 1},
    "two forms": lambda pair: {"ProjectName": pair.project_name, "ProjectArn": pair.project},
    "number": lambda _: {"ProjectName": 7},
    "name in a list": lambda pair: {"ProjectName": [pair.project_name]},
    "null name": lambda _: {"ProjectName": None},
    "markup": lambda _: {"ProjectName": "<b>\u202e\n"},
    "full-width letters": lambda _: {"ProjectName": "\uff50\uff52\uff4f\uff4a"},
    "emoji": lambda _: {"ProjectName": "\U0001f600"},
    "NUL": lambda pair: {"ProjectName": pair.project_name + "\0"},
    "trailing line feed": lambda pair: {"ProjectName": pair.project_name + "\n"},
    "filler": lambda _: {"ProjectName": "\u3164"},
    "Arabic digits": lambda _: {"ProjectName": "\u0661\u0662"},
    "4,200 digits": lambda _: {"ProjectName": 10**4_200},
    "256 characters": lambda _: {"ProjectName": "p" * 256},
    "200 KB": lambda _: {"ProjectName": "x" * 200_000},
    "deep": lambda _: {"ProjectName": DEEP},
    "dry run as text": lambda pair: {"ProjectName": pair.project_name, "DryRun": "true"},
    "dry run as number": lambda pair: {"ProjectName": pair.project_name, "DryRun": 1},
    "event with a dry run": lambda pair: {**pair.make_event(), "DryRun": True},
    "event with a project": lambda pair: {**pair.make_event(), "ProjectName": pair.project_name},
    "49 kB Region, project": lambda pair: pair.replace_in_arns("us-east-1", "a" * 49_000)[0],
    "24 kB Region, datasets": lambda pair: pair.replace_in_arns("us-east-1", "a" * 24_000)[1],
    "49 kB partition": lambda pair: pair.replace_in_arns("arn:aws", "arn:" + "a" * 49_000)[0],
    "Arabic account": lambda pair: pair.replace_in_arns("123456789012", "\u0661" * 12)[0],
    "number as text": lambda pair: {"ProjectArn": pair.project.rpartition("/")[2]},
    "dataset for project": lambda pair: {"ProjectArn": pair.training},
    "project for dataset": lambda pair: pair.name_datasets(pair.project, pair.test),
    "other Region, project": lambda pair: pair.replace_in_arns("us-east-1", "eu-west-1")[0],
    "other Region, datasets": lambda pair: pair.replace_in_arns("us-east-1", "eu-west-1")[1],
    "other account, project": lambda pair: pair.replace_in_arns("123456789012", "210987654321")[0],
    "other account, datasets": lambda pair: pair.replace_in_arns("123456789012", "210987654321")[1],
    "other partition, project": lambda pair: pair.replace_in_arns("arn:aws:", "arn:aws-cn:")[0],
    "other partition, datasets": lambda pair: pair.replace_in_arns("arn:aws:", "arn:aws-cn:")[1],
    "train and train": lambda pair: pair.name_datasets(pair.training, pair.training),
    "test and test": lambda pair: pair.name_datasets(pair.test, pair.test),
    "one dataset": lambda pair: pair.name_datasets(pair.training),
    "three datasets": lambda pair: pair.name_datasets(pair.training, pair.test, pair.test),
    "two projects": lambda pair: pair.name_two_projects(),
    "dataset with more": lambda pair: {"Datasets": [{"Arn": pair.training, "Size": 1}, {"Arn": pair.test}]},
    "datasets by name": lambda pair: {"Datasets": {"Train": pair.training, "Test": pair.test}},
}
UNKNOWN_RESOURCES = {
    "unknown name": lambda _: {"ProjectName": "nobody-has-this"},
    "255 characters": lambda _: {"ProjectName": "p" * 255},
    "name in capitals": lambda pair: {"ProjectName": pair.project_name.upper()},
    "earlier project": lambda pair: {"ProjectArn": pair.make_earlier_arn(pair.project)},
    "earlier training dataset": lambda pair: pair.name_datasets(pair.make_earlier_arn(pair.training), pair.test),
    "earlier test dataset": lambda pair: pair.name_datasets(pair.training, pair.make_earlier_arn(pair.test)),
}
CASES = [(name, "InvalidInput", make_input) for name, make_input in INVALID_INPUTS.items()]
CASES += [(name, "ProjectNotFound", make_input) for name, make_input in UNKNOWN_RESOURCES.items()]


@pytest.mark.parametrize(
    ("error", "make_input"), [pytest.param(error, make_input, id=name) for name, error, make_input in CASES]
)
def test_bad_input_fails_with_a_notification_and_changes_nothing(
    pair: ReadyPair, executions: Executions, subscriber: Subscriber, read_state: Any, error: str, make_input: Any
) -> None:
    before = read_state()
    execution = executions.run(make_input(pair))
    assert_notified_of_failure(execution, subscriber, error)
    assert "Traceback" not in execution.cause
    assert len(execution.cause) < LONGEST_CAUSE
    assert read_state() == before


def test_a_recreated_project_is_another_project(
    bench: Workbench, pair: ReadyPair, executions: Executions, subscriber: Subscriber
) -> None:
    bench.aws.configure(deletion_seconds=0)
    for dataset in (pair.training, pair.test):
        bench.rekognition.delete_dataset(DatasetArn=dataset)
    bench.rekognition.delete_project(ProjectArn=pair.project)
    recreated = bench.rekognition.create_project(ProjectName=pair.project_name)["ProjectArn"]
    training, test = pair_without_execution(bench, recreated, executions)
    for old in ({"ProjectArn": pair.project}, pair.name_datasets(pair.training, pair.test)):
        assert_notified_of_failure(executions.run(old), subscriber, "ProjectNotFound")
    assert (bench.total(training), bench.total(test)) == (10, 0)
    assert executions.run({"ProjectName": pair.project_name}).output["Outcome"] == "DISTRIBUTED"
