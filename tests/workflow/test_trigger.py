"""The trigger setting and the tags decide whether an event starts a distribution."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.aws import LocalAws
from tests.support.executions import Executions, Subscriber
from tests.support.workbench import Workbench, images

TAGGED, UNTAGGED = {"auto-distribute": "true"}, {"team": "paint"}


@pytest.fixture
def change_trigger(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[Any]:
    """Returns a function that changes the setting without a deployment.

    The setting is a variable of one function. The state machine calls a new version of it, until the test ends.
    """
    functions, stepfunctions = local_aws.client("lambda"), local_aws.client("stepfunctions")
    machine = stack["StateMachineArn"]
    definition = stepfunctions.describe_state_machine(stateMachineArn=machine)["definition"]
    version = json.loads(definition)["States"]["Resolve datasets"]["Arguments"]["FunctionName"]
    name = version.rpartition(":")[0]
    deployed = functions.get_function_configuration(FunctionName=version)["Environment"]["Variables"]

    def change(trigger: str) -> None:
        functions.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**deployed, "TRIGGER": trigger}}
        )
        changed = functions.publish_version(FunctionName=name)["FunctionArn"]
        stepfunctions.update_state_machine(stateMachineArn=machine, definition=definition.replace(version, changed))

    yield change
    stepfunctions.update_state_machine(stateMachineArn=machine, definition=definition)


@pytest.mark.parametrize(
    ("trigger", "tags", "event_outcome", "person_outcome"),
    [
        ("tagged", UNTAGGED, "SKIPPED", "DISTRIBUTED"),
        ("tagged", TAGGED, "DISTRIBUTED", "ALREADY_DISTRIBUTED"),
        ("off", TAGGED, "SKIPPED", "DISTRIBUTED"),
        ("created", UNTAGGED, "DISTRIBUTED", "ALREADY_DISTRIBUTED"),
    ],
)
def test_the_trigger_setting_applies_to_events_only(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    change_trigger: Any,
    trigger: str,
    tags: dict[str, str],
    event_outcome: str,
    person_outcome: str,
) -> None:
    bench.aws.configure(creation_seconds=0, distribution_seconds=0)
    change_trigger(trigger)
    bench.rekognition.tag_resource(ResourceArn=project, Tags=tags)
    executions.wait_until_ended_for(bench.create(project, "TRAIN", images(10)))
    assert executions.wait_until_ended_for(bench.create(project, "TEST")).output["Outcome"] == event_outcome
    assert executions.run({"ProjectArn": project}).output["Outcome"] == person_outcome
    assert len(subscriber.receive_all()) == 1
