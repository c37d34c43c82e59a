"""The rendered state machine: what linters say, and that every name in it means something."""

import inspect
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from botocore.loaders import Loader
from statelint.linter import Linter

from lambdas import errors
from tests.definition import render_definition

ASL_VALIDATOR = Path(__file__).parent.parent / "node_modules" / ".bin" / "asl-validator"
# AWS Step Functions Developer Guide, "Handling errors in Step Functions workflows" and "Best practices".
STEP_FUNCTIONS = {"States.ALL", "States.Timeout"}
LAMBDA = {
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    return render_definition()


def test_asl_validator_finds_nothing(definition: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "definition.asl.json"
    path.write_text(json.dumps(definition))
    verdict = subprocess.run([ASL_VALIDATOR, "--json-path", str(path)], capture_output=True, text=True, check=False)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


def test_statelint_finds_nothing(definition: dict[str, Any]) -> None:
    assert Linter().validate(_as_statelint_takes_it(definition)) == []


def test_every_error_named_in_a_retry_or_catch_exists(definition: dict[str, Any]) -> None:
    model = Loader().load_service_model("rekognition", "service-2")
    modelled = {name for name, shape in model["shapes"].items() if shape.get("exception")}
    transport = {name for name, _ in inspect.getmembers(botocore.exceptions, inspect.isclass)}
    ours = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    assert set(_named_errors(definition)) <= modelled | transport | ours | STEP_FUNCTIONS | LAMBDA


def test_every_task_has_a_deadline_and_a_way_out(definition: dict[str, Any]) -> None:
    tasks = {name: state for name, state in definition["States"].items() if state["Type"] == "Task"}
    assert [name for name, state in tasks.items() if "TimeoutSeconds" not in state] == []
    assert [name for name, state in tasks.items() if state["Catch"][-1]["ErrorEquals"] != ["States.ALL"]] == []


def test_every_retry_is_bounded_and_jittered(definition: dict[str, Any]) -> None:
    retries = [retry for state in definition["States"].values() for retry in state.get("Retry", [])]
    assert retries
    assert all(retry["JitterStrategy"] == "FULL" and retry["MaxDelaySeconds"] <= 60 for retry in retries)


def test_the_distribution_is_asked_for_again_only_when_it_surely_was_not_accepted(definition: dict[str, Any]) -> None:
    (retry,) = definition["States"]["Start distribution"]["Retry"]
    refused_or_never_sent = {
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "EndpointConnectionError",
        "ConnectTimeoutError",
        "Lambda.TooManyRequestsException",
    }
    assert set(retry["ErrorEquals"]) == refused_or_never_sent


def test_states_read_aloud(definition: dict[str, Any]) -> None:
    assert [name for name in definition["States"] if not re.fullmatch(r"[A-Z][a-z ]+\??", name)] == []


def test_every_failure_ends_in_the_one_red_state(definition: dict[str, Any]) -> None:
    assert [name for name, state in definition["States"].items() if state["Type"] == "Fail"] == ["Failed"]


def test_an_execution_ends_by_itself(definition: dict[str, Any]) -> None:
    assert definition["TimeoutSeconds"] > 0


def _named_errors(definition: dict[str, Any]) -> Iterator[str]:
    for state in definition["States"].values():
        for rule in state.get("Retry", []) + state.get("Catch", []):
            yield from rule["ErrorEquals"]


def _as_statelint_takes_it(definition: dict[str, Any]) -> dict[str, Any]:
    """statelint takes a BackoffRate of 2.0 but not of 2, and does not know that a Wait's Seconds may be JSONata."""
    copy: dict[str, Any] = json.loads(json.dumps(definition))
    for state in copy["States"].values():
        if state["Type"] == "Wait":
            state["Seconds"] = 10
        for retry in state.get("Retry", []):
            retry["BackoffRate"] = float(retry["BackoffRate"])
    return copy
