"""The rule that starts executions passes on what the workflow reads, and nothing about the caller."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings
from lambdas.rules.input.arns import Location
from lambdas.rules.input.execution_input import read_input
from local.aws import LocalAws
from local.custom_labels.settings import accepted_answers
from tests.support.executions import Executions
from tests.support.workbench import Workbench
from tools.docs.template import synthesize

EVENTS = Path(__file__).parents[1] / "events"
HERE = Location("aws", "us-east-1", "123456789012")
OF_THE_CALLER = ("alice", "AROAEXAMPLEID", "ASIAEXAMPLE", "192.0.2.10", "Boto3", "acme-parts", "manifests/")
CREATED = ("create_dataset", "create_dataset_pascal_case")

Event = dict[str, Any]


def load(name: str) -> Event:
    event: Event = json.loads((EVENTS / f"{name}.json").read_text())
    return event


def transform(event: Event) -> str:
    """The input that the rule makes of the event, as the EventBridge User Guide describes input transformation.

    A variable is written into a text as it is, and elsewhere as JSON. A variable without a value is not written.
    """
    (rule,) = (
        resource["Properties"]
        for name, resource in synthesize(Settings())["Resources"].items()
        if resource["Type"] == "AWS::Events::Rule" and name.startswith("Trigger")
    )
    transformer = rule["Targets"][0]["InputTransformer"]
    values = {name: look_up(event, path) for name, path in transformer["InputPathsMap"].items()}

    def write(match: re.Match[str]) -> str:
        token = match.group()
        if token.startswith("<"):
            return "" if values[token[1:-1]] is None else json.dumps(values[token[1:-1]])
        return re.sub("<([^>]+)>", lambda variable: values[variable.group(1)] or "", token)

    return re.sub('"[^"]*"|<[^>]+>', write, transformer["InputTemplate"])


def look_up(event: Event, path: str) -> Any:
    found: Any = event
    for name in path.removeprefix("$.").split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


@pytest.mark.parametrize("name", CREATED)
def test_execution_gets_the_same_request_as_from_the_whole_event(name: str) -> None:
    assert read_input(json.loads(transform(load(name))), HERE) == read_input(load(name), HERE)


@pytest.mark.parametrize("response", [None, {}])
def test_execution_starts_without_the_arn_of_the_dataset(response: Any) -> None:
    event = load("create_dataset")
    event["detail"]["responseElements"] = response
    assert read_input(json.loads(transform(event)), HERE) == read_input(event, HERE)


@pytest.mark.parametrize("name", CREATED)
def test_input_of_an_execution_says_nothing_about_the_caller(name: str) -> None:
    given = transform(load(name))
    assert [word for word in OF_THE_CALLER if word in given] == []
    assert load(name)["detail"]["eventID"] in given


@pytest.mark.parametrize("request_casing", accepted_answers("request_key_casing"))
@pytest.mark.parametrize("response_casing", accepted_answers("response_key_casing"))
def test_started_execution_has_only_the_arns_and_the_event_id(
    bench: Workbench,
    local_aws: LocalAws,
    project: str,
    executions: Executions,
    request_casing: str,
    response_casing: str,
) -> None:
    local_aws.configure(request_key_casing=request_casing, response_key_casing=response_casing)
    dataset = bench.create(project, "TEST")
    detail = executions.wait_until_ended_for(dataset).input["detail"]
    assert detail.pop("eventID")
    assert detail == {
        "eventName": "CreateDataset",
        "requestParameters": {"projectArn": "" if request_casing == "absent" else project},
        "responseElements": {"datasetArn": dataset},
    }
