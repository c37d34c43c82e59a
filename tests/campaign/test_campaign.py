"""A part of the campaign: random faults, and every promise. `make chaos` plays as many runs as you like."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.campaign.environment import Aftermath, Ending, Stage, Told
from tests.campaign.promises import violations
from tests.campaign.runs import NO_FAULT, open_stage, play
from tests.campaign.scenario import Scenario, Step, draw
from tests.support.tally import count

SEED, RUNS = 1, 300


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_stage() as stage:
        yield stage


@pytest.mark.parametrize("number", range(RUNS))
def test_every_promise_holds(stage: Stage, record_property: Callable[[str, object], None], number: int) -> None:
    run = play(stage, SEED, number)
    assert not run.violations, "\n".join([*run.violations, "The shortest story found:", *run.story])
    for fault in run.struck or [NO_FAULT]:
        for ending in run.endings.elements():
            count(record_property, "How executions ended, by what went wrong", fault, ending)


def test_a_run_is_always_the_same() -> None:
    assert draw(1, 7) == draw(1, 7) != draw(1, 8)


def test_a_smaller_scenario_has_one_thing_less() -> None:
    scenario = next(each for number in range(100) if len((each := draw(1, number)).faults) > 1)
    smaller = list(scenario.smaller())
    assert scenario not in smaller
    assert {len(each.faults) for each in smaller} == {len(scenario.faults), len(scenario.faults) - 1}
    assert all({"create TRAIN", "create TEST"} <= {step.what for step in each.steps} for each in smaller)


PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/p/1"
TRAIN, TEST = f"{PROJECT}/dataset/train/1", f"{PROJECT}/dataset/test/1"
REFS = [f"s3://images/rusty-{number}.jpg" for number in range(10)]
QUIET_RUN = Scenario("enough", {}, (), (Step("create TRAIN"), Step("create TEST")), redrives=False)


def truth(stayed: int) -> dict[str, Any]:
    contents = {"TRAIN": (TRAIN, REFS[:stayed]), "TEST": (TEST, REFS[stayed:])}
    datasets = [
        {"arn": arn, "type": type_, "status": "UPDATE_COMPLETE", "source_refs": refs}
        for type_, (arn, refs) in contents.items()
    ]
    taken = {"datasets": (TRAIN, TEST), "moved": 10 - stayed, "accepted": 10}
    return {"projects": {PROJECT: datasets}, "deleted": [], "distributions": [taken] if stayed < 10 else []}


def aftermath() -> Aftermath:
    """Of a pair that was distributed and told, and then started by hand once more."""
    distributed, last = Told("arn:1", by_event=True), Told("arn:2", by_event=False)
    distributed.endings = [Ending("SUCCEEDED", "", "", "DISTRIBUTED", "2 of 10", at=20)]
    distributed.messages = ["DISTRIBUTED: p"]
    distributed.states, distributed.announced = ["Send completion event"], ["DISTRIBUTED"]
    last.endings = [Ending("SUCCEEDED", "", "", "ALREADY_DISTRIBUTED", "before", at=30)]
    return Aftermath([distributed, last], last, [], truth(8), truth(8), REFS, {"Outcome": "DISTRIBUTED"}, [], [])


def spoil(after: Aftermath, **changes: Any) -> None:
    """Of the execution that distributed."""
    for name, value in changes.items():
        setattr(after.executions[0], name, value)


def announce_without_truth(after: Aftermath) -> None:
    after.truth["distributions"].clear()
    spoil(after, endings=[])
    after.last.endings, after.record = [], {}


def failed(error: str, cause: str) -> list[Ending]:
    return [Ending("FAILED", error, cause, "", "", at=20)]


def test_what_is_as_it_should_be_breaks_no_promise() -> None:
    assert violations(QUIET_RUN, aftermath()) == []


@pytest.mark.parametrize(
    ("promise", "change"),
    [
        ("1", lambda after: after.stuck.append("arn:3")),
        ("1", lambda after: spoil(after, events=25_000)),
        ("1", lambda after: spoil(after, endings=failed("States.QueryEvaluationError", "What to do: x"))),
        ("2", lambda after: after.truth["distributions"].append(after.truth["distributions"][0])),
        ("2", lambda after: after.truth["projects"][PROJECT][0]["source_refs"].pop()),
        ("2", lambda after: after.truth["projects"][PROJECT][0]["source_refs"].append(REFS[9])),
        ("3", lambda after: after.truth["distributions"].clear()),
        ("3", lambda after: spoil(after, endings=failed("DistributionFailed", "What to do: x"))),
        ("3", lambda after: announce_without_truth(after)),
        ("4", lambda after: spoil(after, messages=[])),
        ("4", lambda after: spoil(after, messages=["DISTRIBUTED: p"] * 2)),
        ("4", lambda after: spoil(after, announced=[])),
        ("4", lambda after: spoil(after, announced=["DISTRIBUTED"] * 2)),
        ("4", lambda after: after.last.announced.append("FAILED")),
        ("4", lambda after: after.last.messages.append("FAILED: p")),
        ("4", lambda after: after.unknown_messages.append("FAILED: somebody")),
        ("5", lambda after: spoil(after, endings=failed("KeyError", "'x'"), messages=["FAILED: What to do: x"])),
        ("6", lambda after: setattr(after.last, "endings", failed("TestDatasetNotEmpty", "What to do: x"))),
        ("6", lambda after: after.record.clear()),
    ],
)
def test_what_is_not_breaks_its_promise(promise: str, change: Callable[[Aftermath], None]) -> None:
    after = aftermath()
    change(after)
    assert promise in {violation[0] for violation in violations(QUIET_RUN, after)}


def test_an_error_that_hides_a_success_breaks_a_promise() -> None:
    after = aftermath()
    states = ["Distribution finished?", "Report outcome", "Notify people", "Success or failure?", "Failed"]
    spoil(after, endings=failed("InternalServerError", "What to do: x"), messages=["FAILED: What to do"], states=states)
    assert any("and the pair was distributed" in violation for violation in violations(QUIET_RUN, after))


def test_a_red_state_that_is_redriven_says_again_what_it_said_and_hides_nothing() -> None:
    """It fails before the next execution distributes, and is redriven afterwards: what to do is another thing then."""
    after = aftermath()
    states = ["Distribution finished?", "Report outcome", "Notify people", "Success or failure?", "Failed"]
    first, again = failed("InternalServerError", "x. What to do: y") + failed("InternalServerError", "x. What to do: z")
    endings = [replace(first, at=5), again]
    spoil(after, endings=endings, messages=["FAILED: What to do"], states=states, announced=[])
    assert not any("and the pair was distributed" in violation for violation in violations(QUIET_RUN, after))
