"""Ways to an execution that enters a state: each prepares a project, and what starts the execution then."""

from collections.abc import Callable

from tests.custom_labels import Workbench, images
from tests.executions import Executions

Way = Callable[[Workbench, str, Executions], Callable[[], str]]


def by_hand(bench: Workbench, project: str, executions: Executions) -> Callable[[], str]:
    """A pair that can be distributed."""
    bench.pair(project, images(10))
    return lambda: executions.begin({"ProjectArn": project})


def failing(bench: Workbench, project: str, executions: Executions) -> Callable[[], str]:
    """A pair that Rekognition cannot distribute."""
    bench.pair(project, images(1))
    return lambda: executions.begin({"ProjectArn": project})


def taking_over(bench: Workbench, project: str, executions: Executions) -> Callable[[], str]:
    """A pair that an execution owned, which has failed."""
    training, _ = bench.pair(project, images(1))
    executions.run({"ProjectArn": project})
    bench.update(training, *images(10))
    bench.finish()
    return lambda: executions.begin({"ProjectArn": project})


def standing_aside(bench: Workbench, project: str, executions: Executions) -> Callable[[], str]:
    """An event's execution that owns its pair when the training dataset turns out to be empty."""
    bench.begin(project, "TRAIN")

    def start() -> str:
        bench.aws.configure(event_copies=1)
        return executions.running_for(bench.begin(project, "TEST"))

    return start


_WAYS: dict[str, Way] = {
    **dict.fromkeys(
        ("Claim pair", "Read claim", "Ask for owner", "Take over claim", "Keep earlier record"), taking_over
    ),
    **dict.fromkeys(("Record failure", "Count failure", "Send failure event", "Notify failure"), failing),
    "Record skip": standing_aside,
}


def way_to(state: str) -> Way:
    """Of an execution that enters the state."""
    return _WAYS.get(state, by_hand)
