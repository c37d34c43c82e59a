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

from infra.retries import PASSING
from infra.settings import LONGEST_DEADLINE, Settings
from lambdas.rules import errors
from lambdas.rules.failures import ATTEMPTS, BUSY, FAILURES, Retried
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
    "Sandbox.Timedout",
    "Runtime.ExitError",
    "Runtime.OutOfMemory",
}
# Integrations prefix the service's own errors: the optimized one of DynamoDB, and the SDK's of Step Functions.
PREFIXED = {"DynamoDB": "dynamodb", "Sfn": "stepfunctions"}
HOURS = 3600
ENTERED_AND_LEFT = 2  # events of a state
STATES_OF_A_ROUND = 4  # a Wait, a Task, two Choices at most
TASKS_TO_ASK_AGAIN = 4  # and two Choices
EVENTS_OF_A_TRY = 3  # of a task: scheduled, started, failed or succeeded


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
        caught = [name for catch in state.get("Catch", [])[:-1] for name in catch["ErrorEquals"]]
        assert [name for name in set(caught) - set(PASSING) if _attempts(state, name)] == []


@pytest.mark.parametrize("state", ["Resolve datasets", "Start distribution", "Check distribution"])
@pytest.mark.parametrize(
    "error", [error for row in FAILURES for error in row.errors if row.retried != Retried.NO_TASK and ".*" not in error]
)
def test_a_function_is_retried_as_the_table_of_failures_says(
    definition: dict[str, Any], state: str, error: str
) -> None:
    (row,) = [row for row in FAILURES if error in row.errors]
    attempts = ATTEMPTS.get(row.retried)
    assert _attempts(definition["States"][state], error) == (attempts.most if attempts else 0)


def test_a_dataset_that_is_busy_is_waited_for(definition: dict[str, Any]) -> None:
    catch = definition["States"]["Start distribution"]["Catch"][1]
    assert (tuple(catch["ErrorEquals"]), catch["Next"]) == (BUSY.errors, "Wait before checking")


@pytest.mark.parametrize(("minutes", "following"), [(4, "Wait before checking"), (6, "Find advice")])
def test_an_error_of_the_start_is_believed_when_nothing_came_of_it(
    definition: dict[str, Any], minutes: int, following: str
) -> None:
    result = {"State": "NOT_STARTED", "Reason": "The training dataset is CREATE_COMPLETE."}
    refusal = {"Error": "InvalidParameterException", "Cause": "It is not empty."}
    state = definition["States"]["Distribution finished?"]
    reached, variables = choose(state, minutes * 60, result=result, refusal=refusal, before="{}")
    assert reached == following
    if following == "Find advice":
        assert (variables["failure"], variables["before"]) == (refusal, "")


@pytest.mark.parametrize(("minutes", "following"), [(4, "Wait before checking"), (6, "Resolve datasets")])
def test_a_distribution_that_does_not_show_is_begun_again(
    definition: dict[str, Any], minutes: int, following: str
) -> None:
    result = {"State": "NOT_STARTED", "Reason": "The training dataset is CREATE_COMPLETE."}
    assert choose(definition["States"]["Distribution finished?"], minutes * 60, result=result)[0] == following


def test_one_look_that_shows_nothing_never_tells_however_late_it_is_thought_about(definition: dict[str, Any]) -> None:
    result = {"State": "NOT_STARTED", "Reason": "The training dataset is CREATE_COMPLETE."}
    look = _text(datetime(2026, 11, 23, tzinfo=UTC))
    reached, _ = choose(definition["States"]["Distribution finished?"], 600, result=result, quiet=look, look=look)
    assert reached == "Wait before checking"


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
        "variables": {
            "asked": _text(began),
            "before": "",
            "refusal": "",
            "limited": "",
            "quiet": _text(began),
            "look": _text(now),
            "accepted": False,
            **variables,
        },
    }
    _, following = stepfunctions._execute_choice(state, {}, context)
    reached: str = following
    after: dict[str, Any] = context["variables"]  # type: ignore[assignment]
    return reached, after


@pytest.mark.parametrize(
    ("hours", "action", "following"),
    [
        (23, "WAIT", "Wait for datasets"),
        (25, "WAIT", "Find advice"),
        (25, "DISTRIBUTE", "Record start"),
    ],
)
def test_datasets_are_waited_for_until_the_deadline(
    definition: dict[str, Any], hours: int, action: str, following: str
) -> None:
    pair = {"Action": action, "Reason": "The training dataset is CREATE_IN_PROGRESS."}
    reached, variables = choose(definition["States"]["Ready to distribute?"], hours * HOURS, pair=pair)
    assert reached == following
    if following == "Find advice":
        assert variables["failure"]["Error"] == "CreationTimedOut"
        assert variables["failure"]["Cause"].endswith(pair["Reason"])


@pytest.mark.parametrize(
    ("hours", "state", "following"),
    [
        (23, "IN_PROGRESS", "Wait before checking"),
        (25, "IN_PROGRESS", "Find advice"),
        (25, "COMPLETE", "Record success"),
        (23, "FAILED", "Find advice"),
    ],
)
def test_a_distribution_is_waited_for_until_the_deadline(
    definition: dict[str, Any], hours: int, state: str, following: str
) -> None:
    result = {"State": state, "Reason": "The training dataset is UPDATE_IN_PROGRESS."}
    reached, variables = choose(definition["States"]["Distribution finished?"], hours * HOURS, result=result)
    assert reached == following
    if following == "Find advice":
        expected = "DistributionTimedOut" if state == "IN_PROGRESS" else "DistributionFailed"
        assert variables["failure"]["Error"] == expected
        assert result["Reason"] in variables["failure"]["Cause"]


def test_the_deadlines_are_as_the_settings_say() -> None:
    definition = render_definition(Settings(creation_deadline_hours=1, distribution_deadline_hours=2))
    assert definition["TimeoutSeconds"] == 4 * HOURS
    waiting = {"Action": "WAIT", "Reason": "The training dataset is CREATE_IN_PROGRESS."}
    going_on = {"State": "IN_PROGRESS", "Reason": "The training dataset is UPDATE_IN_PROGRESS."}
    ready, finished = (definition["States"][name] for name in ("Ready to distribute?", "Distribution finished?"))
    assert [choose(ready, h * HOURS, pair=waiting)[0] for h in (0.9, 1.1)] == ["Wait for datasets", "Find advice"]
    reached = [choose(finished, h * HOURS, result=going_on)[0] for h in (1.9, 2.1)]
    assert reached == ["Wait before checking", "Find advice"]


@pytest.mark.parametrize(("hours", "failing", "most"), [(24, False, 5_000), (LONGEST_DEADLINE, True, 22_500)])
def test_no_execution_comes_near_the_longest_history(hours: float, failing: bool, most: int) -> None:
    """AWS Step Functions Developer Guide, "Service quotas": an execution's history has 25,000 events at most."""
    settings = Settings(creation_deadline_hours=hours, distribution_deadline_hours=hours)
    states = render_definition(settings)["States"]
    creation = _events_of_waiting(states, "Wait for datasets", "Resolve datasets", hours, failing)
    distribution = _events_of_waiting(states, "Wait before checking", "Check distribution", hours, failing)
    assert creation + distribution < most


def test_to_ask_again_and_again_makes_no_long_history_either() -> None:
    """The account's limit may last: nothing shows, which two looks tell, and then it begins anew."""
    states = render_definition(Settings())["States"]
    looks = _rounds_of_waiting(states, "Wait before checking", 24)
    look = ENTERED_AND_LEFT * STATES_OF_A_ROUND + EVENTS_OF_A_TRY
    anew = ENTERED_AND_LEFT * (TASKS_TO_ASK_AGAIN + 2) + EVENTS_OF_A_TRY * TASKS_TO_ASK_AGAIN
    assert looks * look + looks / 2 * anew < 6_000


def _events_of_waiting(states: dict[str, Any], wait: str, task: str, hours: float, failing: bool) -> int:
    """Of one that ends at its deadline; `failing`: each task is tried as often as any error makes it, at once."""
    tries = 1 + (max(retry["MaxAttempts"] for retry in states[task]["Retry"]) if failing else 0)
    rounds = _rounds_of_waiting(states, wait, hours)
    return rounds * (ENTERED_AND_LEFT * STATES_OF_A_ROUND + tries * EVENTS_OF_A_TRY)


def _rounds_of_waiting(states: dict[str, Any], wait: str, hours: float) -> int:
    began, seconds, rounds = datetime(2026, 11, 23, tzinfo=UTC), 0.0, 0
    variables = {"asked": _text(began)}
    while seconds < hours * HOURS:
        entered = _text(began + timedelta(seconds=seconds))
        context = {"QueryLanguage": "JSONata", "variables": variables, "State": {"EnteredTime": entered}}
        context["Execution"] = {"StartTime": _text(began)}
        seconds += stepfunctions._jsonata_wait_seconds(states[wait], {}, context)
        rounds += 1
    return rounds


def _attempts(state: dict[str, Any], error: str) -> int:
    """How often more an error is tried: the first rule that names it says."""
    rules = [rule for rule in state.get("Retry", []) if {error, "States.ALL"} & set(rule["ErrorEquals"])]
    return int(rules[0]["MaxAttempts"]) if rules else 0


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
