"""The rendered definition: linters accept it, it is simple, and every name in it exists."""

import inspect
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.exceptions
import pytest
from awslambdaric.lambda_runtime_exception import FaultException
from botocore.loaders import Loader
from ministack.services import stepfunctions
from statelint.linter import Linter

from infra.functions import OF_WORKFLOW
from infra.setting_types import LONGEST_DEADLINE
from infra.settings import Settings
from lambdas.rules.decision import Action
from lambdas.rules.failures import errors
from lambdas.rules.failures.lookup import TRANSIENT
from lambdas.rules.failures.row import ATTEMPTS, Retried
from lambdas.rules.failures.table import FAILURES
from lambdas.rules.polling import LEAST_SHARE, Bounds, polling_interval
from lambdas.rules.verdict import NO_EFFECT_SECONDS, Verdict
from tests.support.definitions import ASL_VALIDATOR, expressions, for_statelint, is_simple
from tools.docs.template import SWEEP, WORKFLOW, render_definition

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
FUNCTION_STATES = [name.replace("_", " ").capitalize() for name in OF_WORKFLOW]
HOURS = 3600
ENTERED_AND_EXITED = 2  # events of a state
STATES_OF_A_ROUND = 3  # a Wait, a Task, a Choice
EVENTS_OF_A_TRY = 3  # scheduled, started, failed or succeeded

MOST_STATES, MOST_EXPRESSIONS, MOST_BYTES = 22, 80, 25_000
IN_PLAIN_WORDS = "Notify in plain words"
KEEPS_THE_INPUT_SMALL = "Input"


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    return render_definition()


@pytest.mark.parametrize("machine", [WORKFLOW, SWEEP])
def test_asl_validator_finds_nothing(tmp_path: Path, machine: str) -> None:
    path = tmp_path / "definition.asl.json"
    path.write_text(json.dumps(render_definition(machine=machine)))
    verdict = subprocess.run([ASL_VALIDATOR, "--json-path", str(path)], capture_output=True, text=True, check=False)
    assert verdict.returncode == 0, verdict.stdout + verdict.stderr


@pytest.mark.parametrize("machine", [WORKFLOW, SWEEP])
def test_statelint_finds_nothing(machine: str) -> None:
    assert Linter().validate(for_statelint(render_definition(machine=machine))) == []


def test_graph_is_small_enough_to_read(definition: dict[str, Any]) -> None:
    text = json.dumps(definition, separators=(",", ":"))
    assert len(definition["States"]) <= MOST_STATES
    assert text.count("{%") <= MOST_EXPRESSIONS
    assert len(text.encode()) <= MOST_BYTES


def test_expressions_are_references_comparisons_or_one_merge(definition: dict[str, Any]) -> None:
    """Python decides and formats, where tables of cases test it. An expression in a string does not."""
    found = [
        (name, key, expression)
        for name, state in definition["States"].items()
        if name != IN_PLAIN_WORDS
        for key, expression in expressions(state)
    ]
    assert found
    complex_ones = [each for each in found if not is_simple(each[2])]
    assert [(name, key) for name, key, _ in complex_ones] == [("Resolve datasets", KEEPS_THE_INPUT_SMALL)]


def test_every_error_in_a_retry_or_catch_exists(definition: dict[str, Any]) -> None:
    transport = {name for name, _ in inspect.getmembers(botocore.exceptions, inspect.isclass)}
    ours = {name for name, _ in inspect.getmembers(errors, inspect.isclass)}
    known = set(_modelled_errors("rekognition")) | transport | ours | STEP_FUNCTIONS | LAMBDA | _runtime_errors()
    assert set(_named_errors(definition)) <= known


def test_every_error_of_the_lambda_runtime_has_a_row() -> None:
    assert _runtime_errors() <= {error for row in FAILURES for error in row.errors}


def test_every_task_has_a_timeout_and_catches_every_error(definition: dict[str, Any]) -> None:
    tasks = {name: state for name, state in definition["States"].items() if state["Type"] == "Task"}
    assert [name for name, state in tasks.items() if "TimeoutSeconds" not in state] == []
    assert [name for name, state in tasks.items() if state["Catch"][-1]["ErrorEquals"] != ["States.ALL"]] == []


def test_every_retry_is_bounded_and_jittered(definition: dict[str, Any]) -> None:
    retries = [retry for state in definition["States"].values() for retry in state.get("Retry", [])]
    assert retries
    tried_again = [retry for retry in retries if retry["MaxAttempts"] > 0]
    assert all(retry["JitterStrategy"] == "FULL" and retry["MaxDelaySeconds"] <= 60 for retry in tried_again)


def test_errors_that_are_answers_are_not_retried(definition: dict[str, Any]) -> None:
    for state in definition["States"].values():
        caught = [name for catch in state.get("Catch", [])[:-1] for name in catch["ErrorEquals"]]
        assert [name for name in set(caught) - set(TRANSIENT) if _attempts(state, name)] == []


@pytest.mark.parametrize("state", [name for name in FUNCTION_STATES if name != "Report outcome"])
@pytest.mark.parametrize(
    "error", [error for row in FAILURES for error in row.errors if row.retried != Retried.NO_TASK and ".*" not in error]
)
def test_functions_are_retried_as_the_table_says(definition: dict[str, Any], state: str, error: str) -> None:
    (row,) = [row for row in FAILURES if error in row.errors]
    attempts = ATTEMPTS.get(row.retried)
    assert _attempts(definition["States"][state], error) == (attempts.most if attempts else 0)


def test_report_outcome_has_the_retries_that_it_expects(definition: dict[str, Any]) -> None:
    """On its last try the function continues without the failing part."""
    state = definition["States"]["Report outcome"]
    assert _attempts(state, "Whatever") == ATTEMPTS[Retried.QUICKLY].most
    assert _attempts(state, "ClaimLost") == 0


def test_lost_claim_leads_to_claim_pair(definition: dict[str, Any]) -> None:
    for state in ("Start distribution", "Report outcome"):
        assert _caught(definition, state, "ClaimLost") == ("Claim pair", {"claim": {}})


@pytest.mark.parametrize(
    ("state", "error", "following"),
    [
        ("Resolve datasets", "InvalidInput", "Report outcome"),
        ("Claim pair", "RecordsUnavailable", "Report outcome"),
        ("Start distribution", "AccessDeniedException", "Wait before checking"),
        ("Start distribution", "PairChanged", "Resolve datasets"),
        ("Start distribution", "ResourceNotReadyException", "Wait before checking"),
        ("Check distribution", "ThrottlingException", "Wait before checking"),
        ("Check distribution", "ResourceNotFoundException", "Report outcome"),
        ("Report outcome", "Lambda.ResourceNotFoundException", "Notify in plain words"),
        ("Send completion event", "EventBridge.InternalException", "Notify people"),
        ("Notify people", "SNS.InvalidParameterException", "Notify in plain words"),
        ("Notify chat", "SNS.NotFoundException", "Success or failure?"),
        ("Notify in plain words", "SNS.NotFoundException", "Failed"),
    ],
)
def test_error_leads_to_the_following_state(definition: dict[str, Any], state: str, error: str, following: str) -> None:
    assert _caught(definition, state, error)[0] == following


LEADS_TO = {
    Action.SKIPPED: "Skipped",
    Action.ALREADY_DISTRIBUTED: "Already distributed",
    Action.WAIT: "Wait for datasets",
    Action.DISTRIBUTE: "Start distribution",
    Action.CHECK: "Wait before checking",
    Action.FAILED: "Report outcome",
}


@pytest.mark.parametrize("claimed", [False, True])
@pytest.mark.parametrize("action", list(Action))
def test_only_actions_without_a_claim_bypass_claim_pair(
    definition: dict[str, Any], action: Action, claimed: bool
) -> None:
    """An owner of the pair releases it before it skips, and waits without claiming it again."""
    bypassing = {
        (Action.SKIPPED, False): "Skipped",
        **{(Action.ALREADY_DISTRIBUTED, either): "Already distributed" for either in (False, True)},
        **{(Action.DRY_RUN, either): "Dry run" for either in (False, True)},
        (Action.WAIT, True): "Wait for datasets",
    }
    pair = {"Action": action, "Claimed": claimed}
    assert _choose(definition, "Anything to do?", pair=pair) == bypassing.get((action, claimed), "Claim pair")


@pytest.mark.parametrize(("action", "following"), [*LEADS_TO.items(), ("RESOLVE", "Resolve datasets")])
def test_action_of_a_claimed_pair_leads_to_the_following_state(
    definition: dict[str, Any], action: str, following: str
) -> None:
    assert _choose(definition, "Pair claimed?", pair={"Action": action, "Ending": {}}) == following


@pytest.mark.parametrize(
    ("verdict", "following"),
    [
        (Verdict.COMPLETE, "Report outcome"),
        (Verdict.FAILED, "Report outcome"),
        (Verdict.IN_PROGRESS, "Wait before checking"),
        (Verdict.NO_EFFECT, "Resolve datasets"),
    ],
)
def test_verdict_leads_to_the_following_state(definition: dict[str, Any], verdict: Verdict, following: str) -> None:
    assert _choose(definition, "Distribution finished?", verdict=verdict) == following


@pytest.mark.parametrize(
    ("ending", "following"),
    [({"Outcome": "DISTRIBUTED"}, "Distributed"), ({"Outcome": "FAILED"}, "Failed"), ({"Error": "E"}, "Failed")],
)
def test_only_a_distribution_succeeds(definition: dict[str, Any], ending: dict[str, str], following: str) -> None:
    assert _choose(definition, "Success or failure?", ending=ending) == following


def test_state_names_are_plain_words(definition: dict[str, Any]) -> None:
    assert [name for name in definition["States"] if not re.fullmatch(r"[A-Z][a-z ]+\??", name)] == []


def test_there_is_one_fail_state(definition: dict[str, Any]) -> None:
    assert [name for name, state in definition["States"].items() if state["Type"] == "Fail"] == ["Failed"]


def test_settings_set_deadlines_and_polling_intervals() -> None:
    settings = Settings(
        creation_deadline_hours=1,
        distribution_deadline_hours=2,
        oldest_execution_hours=2,
        shortest_wait_seconds=20,
        longest_wait_seconds=900,
    )
    definition = render_definition(settings)
    resolve, check = (_payload(definition, state) for state in ("Resolve datasets", "Check distribution"))
    assert (resolve["DeadlineSeconds"], check["DeadlineSeconds"]) == (1 * HOURS, 2 * HOURS)
    assert definition["TimeoutSeconds"] == 4 * HOURS
    polling = {"ShortestSeconds": 20, "LongestSeconds": 900}
    assert resolve["Polling"] == check["Polling"] == _payload(definition, "Claim pair")["Polling"] == polling


@pytest.mark.parametrize(("hours", "failing", "most"), [(24, False, 4_000), (LONGEST_DEADLINE, True, 22_500)])
def test_longest_execution_stays_within_the_history_limit(hours: float, failing: bool, most: int) -> None:
    """AWS Step Functions Developer Guide, "Service quotas": an execution's history has 25,000 events at most."""
    settings = Settings(creation_deadline_hours=hours, distribution_deadline_hours=hours)
    states = render_definition(settings)["States"]
    creation = _events_of_waiting(states["Resolve datasets"], hours, failing)
    distribution = _events_of_waiting(states["Check distribution"], hours, failing)
    assert creation + distribution < most


def test_check_that_cannot_run_stays_within_the_history_limit() -> None:
    """It is retried at once. Then it waits the longest polling interval, until the state machine times out."""
    definition = render_definition(Settings(creation_deadline_hours=36, distribution_deadline_hours=36))
    check = definition["States"]["Check distribution"]
    seconds = _caught(definition, "Check distribution", "Lambda.ServiceException")[1]["attempt"]
    assert seconds == "{% $merge([$attempt, {'WaitSeconds': 600}]) %}"
    rounds = definition["TimeoutSeconds"] / 600
    assert rounds * (ENTERED_AND_EXITED * 2 + (1 + _most_retries(check)) * EVENTS_OF_A_TRY) < 22_500


def test_repeated_starts_stay_within_the_history_limit() -> None:
    """The account's limit may last. After five minutes of polls without effect, the workflow starts again."""
    polls = _rounds_of_waiting(24)
    poll = ENTERED_AND_EXITED * STATES_OF_A_ROUND + EVENTS_OF_A_TRY
    restart = (
        ENTERED_AND_EXITED * 5 + EVENTS_OF_A_TRY * 3
    )  # Resolve datasets, Claim pair, Start distribution, two Choices
    assert polls * poll + min(polls, 24 * HOURS / NO_EFFECT_SECONDS) * restart < 7_000


def _events_of_waiting(task: dict[str, Any], hours: float, failing: bool) -> int:
    """The events until the deadline. If `failing`, each task has the most tries of any error."""
    tries = 1 + (_most_retries(task) if failing else 0)
    return _rounds_of_waiting(hours) * (ENTERED_AND_EXITED * STATES_OF_A_ROUND + tries * EVENTS_OF_A_TRY)


def _most_retries(task: dict[str, Any]) -> int:
    return max(int(retry["MaxAttempts"]) for retry in task["Retry"])


def _rounds_of_waiting(hours: float) -> int:
    """The most rounds that the jitter allows."""
    settings, seconds, rounds = Settings(), 0.0, 0
    bounds = Bounds(settings.shortest_wait_seconds, settings.longest_wait_seconds)
    assert polling_interval(1000, 0, bounds) == 1000 * LEAST_SHARE
    while seconds < hours * HOURS:
        seconds += polling_interval(seconds, 0, bounds)
        rounds += 1
    return rounds


def _choose(definition: dict[str, Any], state: str, **variables: Any) -> str:
    """The state that a Choice leads to."""
    context = {"QueryLanguage": "JSONata", "variables": variables}
    return str(stepfunctions._execute_choice(definition["States"][state], {}, context)[1])


def _caught(definition: dict[str, Any], state: str, error: str) -> tuple[str, dict[str, Any]]:
    """The state that an error leads to, and the variables that the catch assigns."""
    catch = stepfunctions._find_matching_catcher(definition["States"][state]["Catch"], error)
    return str(catch["Next"]), catch.get("Assign", {})


def _payload(definition: dict[str, Any], state: str) -> dict[str, Any]:
    payload: dict[str, Any] = definition["States"][state]["Arguments"]["Payload"]
    return payload


def _attempts(state: dict[str, Any], error: str) -> int:
    """The number of retries of an error, from the first rule that names it."""
    rules = [rule for rule in state.get("Retry", []) if {error, "States.ALL"} & set(rule["ErrorEquals"])]
    return int(rules[0]["MaxAttempts"]) if rules else 0


def _runtime_errors() -> set[str]:
    """The errors that AWS's runtime client reports instead of an exception's class."""
    names = {value for name, value in vars(FaultException).items() if name.isupper()}
    return {name for name in names if isinstance(name, str) and name.startswith("Runtime.")}


def _modelled_errors(service: str) -> Iterator[str]:
    for name, shape in Loader().load_service_model(service, "service-2")["shapes"].items():
        if shape.get("exception"):
            yield name


def _named_errors(definition: dict[str, Any]) -> Iterator[str]:
    for state in definition["States"].values():
        for rule in state.get("Retry", []) + state.get("Catch", []):
            yield from rule["ErrorEquals"]
