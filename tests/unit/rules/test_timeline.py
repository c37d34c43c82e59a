"""The timeline of an execution, from its history."""

from datetime import UTC, datetime, timedelta

from lambdas.rules.timeline import Timeline

BEGAN = datetime(2026, 11, 24, tzinfo=UTC)


def event(second: int, kind: str, **details: object) -> dict[str, object]:
    return {"timestamp": BEGAN + timedelta(seconds=second), "type": kind, **details}


def entered(second: int, state: str) -> dict[str, object]:
    return event(second, "TaskStateEntered", stateEnteredEventDetails={"name": state})


HISTORY = [
    event(0, "ExecutionStarted"),
    entered(0, "Begin"),
    entered(1, "Wait"),
    event(20, "WaitStateExited", stateExitedEventDetails={"name": "Wait"}),
    entered(21, "Check"),
    event(21, "TaskScheduled"),
    entered(22, "Wait"),
    entered(42, "Check"),
]


def test_timeline_has_states_transitions_and_times() -> None:
    timeline = Timeline.from_history(HISTORY, BEGAN + timedelta(seconds=45))
    assert timeline.states == ["Begin", "Wait", "Check"]
    assert timeline.transitions == {("Begin", "Wait"): 1, ("Wait", "Check"): 2, ("Check", "Wait"): 1}
    assert [visit.seconds for visit in timeline.of("Wait")] == [20, 20]
    assert [visit.seconds for visit in timeline.of("Check")] == [1, 3]
    assert timeline.seconds == 45


def test_history_without_states_takes_no_time() -> None:
    timeline = Timeline.from_history([event(0, "ExecutionStarted")], BEGAN)
    assert (timeline.states, timeline.seconds) == ([], 0)
