"""The definition of the sweep: Step Functions accepts it, it is simple, and the rows of 200 projects fit in a state."""

import json
import re
from typing import Any

import pytest
from botocore.loaders import Loader

from lambdas.rules.failures.row import ATTEMPTS, Retried
from lambdas.rules.input.sweep_input import MOST_PROJECTS, MOST_UNMATCHED
from lambdas.rules.sweep import LONGEST_REASON, SweepAction, Why, summarize
from lambdas.rules.text import make_visible, shorten
from local.aws import LocalAws
from tests.support.definitions import expressions, is_simple
from tools.docs.template import SWEEP, render_definition, states_of

MOST_STATES, MOST_EXPRESSIONS, MOST_BYTES = 14, 50, 9_000
MOST_DATA = 256 * 1024  # bytes of a state's input or output ("Service quotas", AWS Step Functions Developer Guide)
MOST_EVENTS = 25_000  # of the history of an execution (same page)
LONGEST_NAME = "n" * 255
HOSTILE = ("\u0000", "\U0001f600", '"', "\\", "\u202e")


@pytest.fixture(scope="module")
def definition() -> dict[str, Any]:
    return render_definition(machine=SWEEP)


@pytest.fixture(scope="module")
def states(definition: dict[str, Any]) -> dict[str, Any]:
    return states_of(definition)


def test_step_functions_finds_nothing(local_aws: LocalAws, definition: dict[str, Any]) -> None:
    found = local_aws.client("stepfunctions").validate_state_machine_definition(definition=json.dumps(definition))
    assert (found["result"], found["diagnostics"]) == ("OK", [])


def test_graph_is_small_enough_to_read(definition: dict[str, Any], states: dict[str, Any]) -> None:
    text = json.dumps(definition, separators=(",", ":"))
    assert len(states) <= MOST_STATES
    assert text.count("{%") <= MOST_EXPRESSIONS
    assert len(text.encode()) <= MOST_BYTES


def test_expressions_are_references_comparisons_or_one_merge(definition: dict[str, Any]) -> None:
    found = list(expressions(definition))
    assert found
    assert [key for key, expression in found if not is_simple(expression)] == ["Input"]


def test_every_task_has_a_timeout_and_bounded_retries(states: dict[str, Any]) -> None:
    tasks = {name: state for name, state in states.items() if state["Type"] == "Task"}
    assert [name for name, state in tasks.items() if "TimeoutSeconds" not in state] == []
    retries = [retry for state in tasks.values() for retry in state["Retry"] if retry["MaxAttempts"]]
    assert len(retries) == len(tasks)
    assert all(retry["JitterStrategy"] == "FULL" and retry["MaxDelaySeconds"] <= 60 for retry in retries)


def test_every_error_of_one_project_is_caught(definition: dict[str, Any]) -> None:
    inside = definition["States"]["For each project"]["ItemProcessor"]["States"]
    tasks = {name: state for name, state in inside.items() if state["Type"] == "Task"}
    assert tasks
    assert [name for name, state in tasks.items() if state["Catch"][-1]["ErrorEquals"] != ["States.ALL"]] == []


def test_a_second_start_of_a_name_is_an_answer_and_not_retried(states: dict[str, Any]) -> None:
    shapes = Loader().load_service_model("stepfunctions", "service-2")["shapes"]
    for name in ("Start execution", "Sweep the rest"):
        retry, catch = states[name]["Retry"][0], states[name]["Catch"][0]
        assert (retry["ErrorEquals"], retry["MaxAttempts"]) == (catch["ErrorEquals"], 0)
        (error,) = catch["ErrorEquals"]
        assert shapes[error.removeprefix("Sfn.").removesuffix("Exception")]["exception"]


def test_every_action_of_the_graph_is_one_of_the_words(definition: dict[str, Any]) -> None:
    written = set(re.findall(r"Action\W+([A-Z_]+)", json.dumps(definition)))
    assert written == set(SweepAction) - {SweepAction.START, SweepAction.LEAVE}  # these two are from Examine project


def test_sweep_of_the_most_projects_stays_within_the_history_limit() -> None:
    """Each task of each project has the most tries. A try has three events, a state two, an iteration two."""
    tries = 1 + ATTEMPTS[Retried.QUICKLY].most
    of_project = 2 + 2 * (2 + 3 * tries) + 2 * 2  # two tasks, a Choice and a Pass
    assert MOST_PROJECTS * of_project < MOST_EVENTS * 0.9


@pytest.mark.parametrize("character", HOSTILE)
def test_rows_of_the_most_projects_fit_in_a_state(character: str) -> None:
    """With the longest names and reasons. A reason quotes no invisible character of Rekognition's messages."""
    row = {
        "ProjectName": LONGEST_NAME,
        "Training": "CREATE_IN_PROGRESS, 1,000,000 entries",
        "Test": "CREATE_IN_PROGRESS, 1,000,000 entries",
        "Action": SweepAction.STARTED,
        "Why": Why.RECENTLY_CHANGED,
        "Reason": shorten(make_visible(character * 1_000), LONGEST_REASON),
        "Missed": True,
        "Execution": f"arn:aws:states:ap-northeast-1:123456789012:execution:{'m' * 80}:sweep-{'0' * 40}",
    }
    rows = [row] * MOST_PROJECTS
    given = {"DryRun": False, "StartedBy": "SCHEDULE", "Unmatched": [f"{LONGEST_NAME}*"] * MOST_UNMATCHED, "More": True}
    output = {**summarize(rows), **given, "Pairs": rows}
    assert len(json.dumps(output, ensure_ascii=False).encode()) < MOST_DATA
