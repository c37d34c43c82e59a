"""What nobody should have asked: a sentence, a notification, nothing claimed and nothing changed."""

import json
from typing import Any

import pytest

from local.aws import LocalAws
from tests.support.executions import Executions, Subscriber, assert_notified_of_failure, pair_without_execution
from tests.support.workbench import Workbench

DEEP = json.loads("[" * 300 + "]" * 300)


class Given:
    """A pair that is ready to be distributed, and the ways to ask for it wrongly."""

    def __init__(self, project: str, training: str, test: str) -> None:
        self.project, self.training, self.test = project, training, test

    def datasets(self, *arns: str) -> dict[str, Any]:
        return {"Datasets": [{"Arn": arn} for arn in arns]}

    def elsewhere(self, here: str, there: str) -> list[dict[str, Any]]:
        """The project's ARN and the datasets' ARNs, with something in them replaced."""
        assert here in self.project
        return [
            {"ProjectArn": self.project.replace(here, there)},
            self.datasets(self.training.replace(here, there), self.test.replace(here, there)),
        ]

    def of_two_projects(self) -> dict[str, Any]:
        return self.datasets(self.training, self.test.replace(":project/", ":project/another-"))

    def name(self) -> str:
        return self.project.split("/")[1]

    def older(self, arn: str) -> str:
        """The ARN that it would have had, had it been created long before and deleted since."""
        stem, _, _ = arn.rpartition("/")
        return f"{stem}/1500000000000"


@pytest.fixture
def given(bench: Workbench, project: str, executions: Executions) -> Given:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return Given(project, *pair_without_execution(bench, project, executions))


@pytest.fixture
def unharmed(local_aws: LocalAws, stack: dict[str, str], bench: Workbench, given: Given) -> Any:
    """What must be the same before and after: every claim, and the pair."""

    def look() -> Any:
        claims = local_aws.client("dynamodb").scan(TableName=stack["RecordsTable"], Select="COUNT")["Count"]
        return claims, bench.describe(given.training), bench.describe(given.test)

    return look


WRONG = {
    "empty": lambda _: {},
    "a list": lambda _: [1],
    "text": lambda given: given.project,
    "null": lambda _: None,
    "misspelt": lambda given: {"ProjectNam": given.name()},
    "another key": lambda given: {"ProjectName": given.name(), "Extra": 1},
    "two forms": lambda given: {"ProjectName": given.name(), "ProjectArn": given.project},
    "number": lambda _: {"ProjectName": 7},
    "name in a list": lambda given: {"ProjectName": [given.name()]},
    "null name": lambda _: {"ProjectName": None},
    "markup": lambda _: {"ProjectName": "<b>\u202e\n"},
    "full-width letters": lambda _: {"ProjectName": "\uff50\uff52\uff4f\uff4a"},
    "emoji": lambda _: {"ProjectName": "\U0001f600"},
    "NUL": lambda given: {"ProjectName": given.name() + "\0"},
    "trailing line feed": lambda given: {"ProjectName": given.name() + "\n"},
    "256 characters": lambda _: {"ProjectName": "p" * 256},
    "200 KB": lambda _: {"ProjectName": "x" * 200_000},
    "deep": lambda _: {"ProjectName": DEEP},
    "dry run as text": lambda given: {"ProjectName": given.name(), "DryRun": "true"},
    "dry run as number": lambda given: {"ProjectName": given.name(), "DryRun": 1},
    "number as text": lambda given: {"ProjectArn": given.project.rpartition("/")[2]},
    "dataset for project": lambda given: {"ProjectArn": given.training},
    "project for dataset": lambda given: given.datasets(given.project, given.test),
    "other Region, project": lambda given: given.elsewhere("us-east-1", "eu-west-1")[0],
    "other Region, datasets": lambda given: given.elsewhere("us-east-1", "eu-west-1")[1],
    "other account, project": lambda given: given.elsewhere("123456789012", "210987654321")[0],
    "other account, datasets": lambda given: given.elsewhere("123456789012", "210987654321")[1],
    "other partition, project": lambda given: given.elsewhere("arn:aws:", "arn:aws-cn:")[0],
    "other partition, datasets": lambda given: given.elsewhere("arn:aws:", "arn:aws-cn:")[1],
    "train and train": lambda given: given.datasets(given.training, given.training),
    "test and test": lambda given: given.datasets(given.test, given.test),
    "one dataset": lambda given: given.datasets(given.training),
    "three datasets": lambda given: given.datasets(given.training, given.test, given.test),
    "two projects": lambda given: given.of_two_projects(),
    "dataset with more": lambda given: {"Datasets": [{"Arn": given.training, "Size": 1}, {"Arn": given.test}]},
    "datasets by name": lambda given: {"Datasets": {"Train": given.training, "Test": given.test}},
}
GONE = {
    "nobody's name": lambda _: {"ProjectName": "nobody-has-this"},
    "255 characters": lambda _: {"ProjectName": "p" * 255},
    "name in capitals": lambda given: {"ProjectName": given.name().upper()},
    "project of before": lambda given: {"ProjectArn": given.older(given.project)},
    "training dataset of before": lambda given: given.datasets(given.older(given.training), given.test),
    "test dataset of before": lambda given: given.datasets(given.training, given.older(given.test)),
}
CASES = [(name, "InvalidInput", wrong) for name, wrong in WRONG.items()]
CASES += [(name, "ProjectNotFound", gone) for name, gone in GONE.items()]


@pytest.mark.parametrize(("error", "ask"), [pytest.param(error, ask, id=name) for name, error, ask in CASES])
def test_bad_input_ends_in_a_sentence_and_harms_nothing(
    given: Given, executions: Executions, subscriber: Subscriber, unharmed: Any, error: str, ask: Any
) -> None:
    before = unharmed()
    execution = executions.run(ask(given))
    assert_notified_of_failure(execution, subscriber, error)
    assert "Traceback" not in execution.cause
    assert unharmed() == before


def test_a_project_deleted_and_created_again_is_another_one(
    bench: Workbench, given: Given, executions: Executions, subscriber: Subscriber
) -> None:
    bench.aws.configure(deletion_seconds=0)
    for dataset in (given.training, given.test):
        bench.rekognition.delete_dataset(DatasetArn=dataset)
    bench.rekognition.delete_project(ProjectArn=given.project)
    anew = bench.rekognition.create_project(ProjectName=given.name())["ProjectArn"]
    training, test = pair_without_execution(bench, anew, executions)
    for old in ({"ProjectArn": given.project}, given.datasets(given.training, given.test)):
        assert_notified_of_failure(executions.run(old), subscriber, "ProjectNotFound")
    assert (bench.total(training), bench.total(test)) == (10, 0)
    assert executions.run({"ProjectName": given.name()}).output["Outcome"] == "DISTRIBUTED"
