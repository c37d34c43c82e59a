"""The first 50 runs of the campaign. `make chaos` runs any number of them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from lambdas.rules.failures.ending import NOBODY_NOTIFIED
from local.aws import ROOT
from tests.campaign.answers import LAG
from tests.campaign.environment import Environment
from tests.campaign.observations import Ending, Observations, ObservedExecution
from tests.campaign.promises import NOT_RECORDED, find_violations
from tests.campaign.runs import NO_FAULT, open_environment, run_scenario
from tests.campaign.scenario import CREATIONS, Scenario, Step, draw_scenario
from tests.campaign.unknowns import EXCLUDED, SUITE
from tests.support.tally import count

SEED, RUNS = 1, 50


@pytest.fixture(scope="module")
def environment() -> Iterator[Environment]:
    with open_environment() as environment:
        yield environment


@pytest.mark.parametrize("number", range(RUNS))
def test_every_promise_holds(
    environment: Environment, record_property: Callable[[str, object], None], number: int
) -> None:
    run = run_scenario(environment, SEED, number)
    assert not run.violations, "\n".join([*run.violations, "The smallest scenario found:", *run.smallest])
    for fault in run.faults or [NO_FAULT]:
        for ending in run.endings.elements():
            count(record_property, "How the executions ended, by fault", fault, ending)


def test_same_seed_and_number_give_same_scenario() -> None:
    assert draw_scenario(1, 7) == draw_scenario(1, 7) != draw_scenario(1, 8)


def test_drawn_answer_replaces_drawn_setting() -> None:
    scenarios = [draw_scenario(1, number) for number in range(RUNS)]
    ages = {each.settings["stale_status_seconds"] for each in scenarios if "stale_datasets" in each.settings}
    assert ages == {LAG}


def test_shrinking_removes_one_part_and_keeps_both_creations() -> None:
    scenario = next(each for number in range(100) if len((each := draw_scenario(1, number)).faults) > 1)
    smaller = list(scenario.shrink())
    assert scenario not in smaller
    assert {len(each.faults) for each in smaller} == {len(scenario.faults), len(scenario.faults) - 1}
    assert all(set(CREATIONS) <= {step.action for step in each.steps} for each in smaller)


PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/p/1"
TRAIN, TEST = f"{PROJECT}/dataset/train/1", f"{PROJECT}/dataset/test/1"
REFS = [f"s3://images/rusty-{number}.jpg" for number in range(10)]
WITHOUT_FAULTS = Scenario(
    "enough", {}, (), tuple(map(Step, CREATIONS)), redrives=False, sweeps=False, endings_lost=False
)
HIDDEN_SUCCESS = "but the pair was distributed"
ACCEPTED_AT = 10  # seconds, when the service accepts the distribution


def internal_state(stayed: int) -> dict[str, Any]:
    """The internal state of the service when so many of the ten entries are still in the training dataset."""
    contents = {"TRAIN": (TRAIN, REFS[:stayed]), "TEST": (TEST, REFS[stayed:])}
    datasets = [
        {"arn": arn, "type": type_, "status": "UPDATE_COMPLETE", "source_refs": refs}
        for type_, (arn, refs) in contents.items()
    ]
    distribution = {"datasets": (TRAIN, TEST), "moved": 10 - stayed, "accepted": ACCEPTED_AT}
    return {"projects": {PROJECT: datasets}, "deleted": [], "distributions": [distribution] if stayed < 10 else []}


def observe() -> Observations:
    """An event started an execution, which distributed the pair and notified people. Then a person started another."""
    distributed = ObservedExecution("arn:1", started_by="EVENT")
    last = ObservedExecution("arn:2", started_by="PERSON")
    distributed.endings = [Ending("SUCCEEDED", "", "", "DISTRIBUTED", "2 of 10")]
    distributed.messages = ["DISTRIBUTED: p"]
    distributed.entered, distributed.completions = [("Send completion event", 20)], ["DISTRIBUTED"]
    last.endings = [Ending("SUCCEEDED", "", "", "ALREADY_DISTRIBUTED", "before")]
    record = {"Outcome": "DISTRIBUTED"}
    return Observations([distributed, last], last, [], internal_state(8), internal_state(8), REFS, record, [], [])


def change(observed: Observations, **attributes: Any) -> None:
    """Change attributes of the execution that distributed the pair."""
    for name, value in attributes.items():
        setattr(observed.executions[0], name, value)


def undo_distribution(observed: Observations) -> None:
    """Leave only the completion event of a distribution that never happened."""
    observed.internal_state["distributions"].clear()
    change(observed, endings=[])
    observed.last.endings, observed.record = [], {}


def failed(error: str, cause: str) -> list[Ending]:
    return [Ending("FAILED", error, cause, "", "")]


def fail(observed: Observations, error: str, cause: str, report_at: float, *ending: str) -> None:
    """Let the execution poll and report an error, go through the states of `ending`, and fail."""
    entered = [("Distribution finished?", report_at), *((state, report_at) for state in ("Report outcome", *ending))]
    change(observed, endings=failed(error, cause), messages=["FAILED: What to do"], entered=entered, completions=[])


def check(observed: Observations) -> list[str]:
    return find_violations(WITHOUT_FAULTS, observed)


def test_correct_observations_break_no_promise() -> None:
    assert check(observe()) == []


@pytest.mark.parametrize(
    ("promise", "spoil"),
    [
        ("1", lambda seen: seen.unended.append("arn:3")),
        ("1", lambda seen: change(seen, event_count=25_000)),
        ("1", lambda seen: change(seen, endings=failed("States.QueryEvaluationError", "What to do: x"))),
        ("2", lambda seen: seen.internal_state["distributions"].append(seen.internal_state["distributions"][0])),
        ("2", lambda seen: seen.internal_state["projects"][PROJECT][0]["source_refs"].pop()),
        ("2", lambda seen: seen.internal_state["projects"][PROJECT][0]["source_refs"].append(REFS[9])),
        ("3", lambda seen: seen.internal_state["distributions"].clear()),
        ("3", lambda seen: change(seen, endings=failed("DistributionFailed", "What to do: x"))),
        ("3", lambda seen: undo_distribution(seen)),
        ("4", lambda seen: change(seen, messages=[])),
        ("4", lambda seen: change(seen, messages=["DISTRIBUTED: p"] * 2)),
        ("4", lambda seen: change(seen, completions=[])),
        ("4", lambda seen: change(seen, completions=["DISTRIBUTED"] * 2)),
        ("4", lambda seen: seen.last.completions.append("FAILED")),
        ("4", lambda seen: seen.last.messages.append("FAILED: p")),
        ("4", lambda seen: seen.unassigned_messages.append("FAILED: somebody")),
        ("5", lambda seen: change(seen, endings=failed("KeyError", "'x'"), messages=["FAILED: What to do: x"])),
        ("6", lambda seen: setattr(seen.last, "endings", failed("TestDatasetNotEmpty", "What to do: x"))),
        ("6", lambda seen: seen.record.clear()),
    ],
)
def test_each_wrong_observation_breaks_its_promise(promise: str, spoil: Callable[[Observations], None]) -> None:
    observed = observe()
    spoil(observed)
    assert promise in {violation[0] for violation in check(observed)}


def test_a_pair_that_a_sweep_left_breaks_its_promise() -> None:
    observed = observe()
    for dataset in observed.state_before_last["projects"][PROJECT]:
        dataset["status"] = "CREATE_COMPLETE"
    assert not [violation for violation in check(observed) if violation[0] == "7"]
    swept = find_violations(replace(WITHOUT_FAULTS, sweeps=True), observed)
    assert [violation for violation in swept if violation[0] == "7"]


@pytest.mark.parametrize(("report_at", "hides"), [(ACCEPTED_AT + 5, True), (ACCEPTED_AT - 5, False)])
def test_failure_hides_a_distribution_that_began_before_its_report(report_at: float, hides: bool) -> None:
    """Run 229 of seed 14: a report, an abort; another execution distributes the pair; the first one is redriven."""
    observed = observe()
    fail(observed, "InternalServerError", "What to do: x", report_at, "Notify people", "Success or failure?", "Failed")
    assert any(HIDDEN_SUCCESS in violation for violation in check(observed)) == hides


def test_failure_to_notify_anybody_hides_no_success() -> None:
    """Run 288 of seed 3: the distribution succeeds, its report cannot be made, and SNS refuses the plain words."""
    observed = observe()
    cause = f"{NOBODY_NOTIFIED} Sorry.\n\nThe outcome: 2 of 10 entries are in the test dataset now. What to do: x"
    fail(observed, "SNS.ThrottledException", cause, ACCEPTED_AT + 5, "Notify in plain words", "Failed")
    assert not any(HIDDEN_SUCCESS in violation for violation in check(observed))


def test_note_that_a_promise_reads_is_written() -> None:
    assert NOT_RECORDED in (ROOT / "lambdas/report_outcome.py").read_text()


def test_tests_that_unknowns_excludes_exist() -> None:
    sources = "".join((ROOT / f"tests/workflow/{name}.py").read_text() for name in SUITE)
    for name in EXCLUDED.split(" or "):
        assert re.search(rf"def test_\w*{name}", sources), name
