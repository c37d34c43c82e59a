"""X-Ray traces executions and functions whose role may send traces."""

from typing import Any

import pytest

from local.aws import LocalAws
from local.ministack_patches.traces import OF_EXECUTIONS, OF_FUNCTIONS
from tests.support.functions import print_and_read_log
from tests.support.machines import SUCCEED, Machine


def without(actions: tuple[str, ...]) -> list[Any]:
    """All of the actions, and each list with one of them missing."""
    return [list(actions), *([action for action in actions if action != lacking] for lacking in actions)]


@pytest.mark.parametrize("actions", without(OF_EXECUTIONS))
@pytest.mark.parametrize("enabled", [True, False])
def test_an_execution_is_traced_if_its_role_may(local_aws: LocalAws, actions: list[str], enabled: bool) -> None:
    machine = Machine(local_aws, SUCCEED, actions=actions, settings={"tracingConfiguration": {"enabled": enabled}})
    arn = machine.run()
    assert local_aws.traces() == ([arn] if enabled and set(actions) == set(OF_EXECUTIONS) else [])


@pytest.mark.parametrize("actions", without(OF_FUNCTIONS))
@pytest.mark.parametrize("mode", ["Active", "PassThrough"])
def test_a_function_is_traced_if_its_role_may(local_aws: LocalAws, actions: list[str], mode: str) -> None:
    print_and_read_log(local_aws, actions, {}, TracingConfig={"Mode": mode})
    assert len(local_aws.traces()) == (mode == "Active" and set(actions) == set(OF_FUNCTIONS))


def test_a_reset_drops_the_traces(local_aws: LocalAws) -> None:
    print_and_read_log(local_aws, list(OF_FUNCTIONS), {}, TracingConfig={"Mode": "Active"})
    assert local_aws.traces()
    local_aws.reset()
    assert local_aws.traces() == []
