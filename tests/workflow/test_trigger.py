"""When an event starts a distribution: the setting, deployed, and the tags that overrule it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.aws import LocalAws
from tests.support.executions import Executions, Subscriber
from tests.support.workbench import Workbench, images

TAGGED, UNTAGGED = {"auto-distribute": "true"}, {"team": "paint"}


@pytest.fixture
def set_trigger(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[Any]:
    """Deploys nothing: the setting is a variable of one function, of which the state machine gets another version."""
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
    ("trigger", "tags", "by_event", "by_hand"),
    [
        ("tagged", UNTAGGED, "SKIPPED", "DISTRIBUTED"),
        ("tagged", TAGGED, "DISTRIBUTED", "ALREADY_DISTRIBUTED"),
        ("off", TAGGED, "SKIPPED", "DISTRIBUTED"),
        ("created", UNTAGGED, "DISTRIBUTED", "ALREADY_DISTRIBUTED"),
    ],
)
def test_the_setting_counts_for_events_only(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    set_trigger: Any,
    trigger: str,
    tags: dict[str, str],
    by_event: str,
    by_hand: str,
) -> None:
    bench.aws.configure(creation_seconds=0, distribution_seconds=0)
    set_trigger(trigger)
    bench.rekognition.tag_resource(ResourceArn=project, Tags=tags)
    executions.wait_until_ended_for(bench.create(project, "TRAIN", images(10)))
    assert executions.wait_until_ended_for(bench.create(project, "TEST")).output["Outcome"] == by_event
    assert executions.run({"ProjectArn": project}).output["Outcome"] == by_hand
    assert len(subscriber.receive_all()) == 1
