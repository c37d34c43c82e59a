"""The rendered state machine: what linters say, and that every name in it means something."""

import inspect
import json
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from botocore.loaders import Loader
from ministack.services import stepfunctions
from statelint.linter import Linter

from infra.settings import Settings
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
    "Lambda.Unknown",
}
# Integrations prefix the service's own errors: the optimized one of DynamoDB, and the SDK's of Step Functions.
PREFIXED = {"DynamoDB": "dynamodb", "Sfn": "stepfunctions"}
HOURS = 3600


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
    modelled = set(_modelled_errors("rekognition"))
    prefixed = {f"{prefix}.{name}" for prefix, service in PREFIXED.items() for name in _modelled_errors(service)}
    prefixed |= {f"{name}Exception" for name in prefixed if not name.endswith("Exception")}
    transport = {name for name, _ in inspect.getmembers(botocore.exceptions, inspect.isclass)}
    ours = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    assert set(_named_errors(definition)) <= modelled | prefixed | transport | ours | STEP_FUNCTIONS | LAMBDA


def test_every_task_has_a_deadline_and_a_way_out(definition: dict[str, Any]) -> None:
    tasks = {name: state for name, state in definition["States"].items() if state["Type"] == "Task"}
    assert [name for name, state in tasks.items() if "TimeoutSeconds" not in state] == []
    assert [name for name, state in tasks.items() if state["Catch"][-1]["ErrorEquals"] != ["States.ALL"]] == []


def test_every_retry_is_bounded_and_jittered(definition: dict[str, Any]) -> None:
    retries = [retry for state in definition["States"].values() for retry in state.get("Retry", [])]
    assert retries
    tried_again = [retry for retry in retries if retry["MaxAttempts"] > 0]
    assert all(retry["JitterStrategy"] == "FULL" and retry["MaxDelaySeconds"] <= 60 for retry in tried_again)


def test_an_error_that_is_an_answer_is_heard_at_once(definition: dict[str, Any]) -> None:
    for state in definition["States"].values():
        answers = [name for catch in state.get("Catch", [])[:-1] for name in catch["ErrorEquals"]]
        first = state.get("Retry", [{}])[0]
        assert not answers or (first["ErrorEquals"], first["MaxAttempts"]) == (answers, 0)


def test_what_is_retried_is_bounded(definition: dict[str, Any]) -> None:
    assert max(retry["MaxAttempts"] for state in definition["States"].values() for retry in state.get("Retry", [])) <= 6


def test_a_dataset_that_is_busy_is_waited_for_and_not_asked_again(definition: dict[str, Any]) -> None:
    start = definition["States"]["Start distribution"]
    busy = ["ResourceNotReadyException", "ResourceInUseException"]
    assert (start["Retry"][0]["ErrorEquals"], start["Retry"][0]["MaxAttempts"]) == (busy, 0)
    assert (start["Catch"][0]["ErrorEquals"], start["Catch"][0]["Next"]) == (busy, "Wait before checking")


@pytest.mark.parametrize(("minutes", "following"), [(14, "Wait before checking"), (16, "Resolve datasets")])
def test_a_distribution_that_does_not_show_is_begun_again(
    definition: dict[str, Any], minutes: int, following: str
) -> None:
    result = {"State": "NOT_STARTED", "Reason": "The training dataset is CREATE_COMPLETE."}
    assert choose(definition["States"]["Distribution finished?"], minutes * 60, result=result)[0] == following


def test_states_read_aloud(definition: dict[str, Any]) -> None:
    assert [name for name in definition["States"] if not re.fullmatch(r"[A-Z][a-z ]+\??", name)] == []


def test_every_failure_ends_in_the_one_red_state(definition: dict[str, Any]) -> None:
    assert [name for name, state in definition["States"].items() if state["Type"] == "Fail"] == ["Failed"]


def test_an_execution_ends_by_itself(definition: dict[str, Any]) -> None:
    assert definition["TimeoutSeconds"] > 0


def choose(state: dict[str, Any], seconds: float, **variables: Any) -> tuple[str, dict[str, Any]]:
    """Where a Choice leads this long after the beginning, and the variables then."""
    began, now = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC) + timedelta(seconds=seconds)
    context = {
        "QueryLanguage": "JSONata",
        "Execution": {"StartTime": _text(began)},
        "State": {"EnteredTime": _text(now)},
        "variables": {"started": _text(began), "asked": _text(began), "before": "", **variables},
    }
    _, following = stepfunctions._execute_choice(state, {}, context)
    reached: str = following
    after: dict[str, Any] = context["variables"]  # type: ignore[assignment]
    return reached, after


@pytest.mark.parametrize(
    ("hours", "action", "following"),
    [
        (23, "WAIT", "Wait for datasets"),
        (25, "WAIT", "Pair claimed?"),
        (25, "DISTRIBUTE", "Record start"),
    ],
)
def test_datasets_are_waited_for_until_the_deadline(
    definition: dict[str, Any], hours: int, action: str, following: str
) -> None:
    pair = {"Action": action, "Reason": "The training dataset is CREATE_IN_PROGRESS."}
    reached, variables = choose(definition["States"]["Ready to distribute?"], hours * HOURS, pair=pair)
    assert reached == following
    if following == "Pair claimed?":
        assert variables["failure"]["Error"] == "CreationTimedOut"
        assert variables["failure"]["Cause"].endswith(pair["Reason"])


@pytest.mark.parametrize(
    ("hours", "state", "following"),
    [
        (23, "IN_PROGRESS", "Wait before checking"),
        (25, "IN_PROGRESS", "Pair claimed?"),
        (25, "COMPLETE", "Record success"),
        (23, "FAILED", "Pair claimed?"),
    ],
)
def test_a_distribution_is_waited_for_until_the_deadline(
    definition: dict[str, Any], hours: int, state: str, following: str
) -> None:
    result = {"State": state, "Reason": "The training dataset is UPDATE_IN_PROGRESS."}
    reached, variables = choose(definition["States"]["Distribution finished?"], hours * HOURS, result=result)
    assert reached == following
    if following == "Pair claimed?":
        expected = "DistributionTimedOut" if state == "IN_PROGRESS" else "DistributionFailed"
        assert variables["failure"]["Error"] == expected
        assert result["Reason"] in variables["failure"]["Cause"]


def test_the_deadlines_are_as_the_settings_say() -> None:
    definition = render_definition(Settings(creation_deadline_hours=1, distribution_deadline_hours=2))
    assert definition["TimeoutSeconds"] == 4 * HOURS
    waiting = {"Action": "WAIT", "Reason": "The training dataset is CREATE_IN_PROGRESS."}
    going_on = {"State": "IN_PROGRESS", "Reason": "The training dataset is UPDATE_IN_PROGRESS."}
    ready, finished = (definition["States"][name] for name in ("Ready to distribute?", "Distribution finished?"))
    assert [choose(ready, h * HOURS, pair=waiting)[0] for h in (0.9, 1.1)] == ["Wait for datasets", "Pair claimed?"]
    reached = [choose(finished, h * HOURS, result=going_on)[0] for h in (1.9, 2.1)]
    assert reached == ["Wait before checking", "Pair claimed?"]


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _modelled_errors(service: str) -> Iterator[str]:
    for name, shape in Loader().load_service_model(service, "service-2")["shapes"].items():
        if shape.get("exception"):
            yield name


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
            retry |= {"BackoffRate": float(retry["BackoffRate"])} if "BackoffRate" in retry else {}
    return copy
