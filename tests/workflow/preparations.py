"""Ways to an execution that enters a state: each prepares a project, and what starts the execution then."""

from collections.abc import Callable

from local.faults.fault import Fault
from tests.support.executions import Executions
from tests.support.workbench import Workbench, images

Way = Callable[[Workbench, str, Executions], Callable[[], str]]


def by_hand(bench: Workbench, project: str, executions: Executions) -> Callable[[], str]:
    """A pair that can be distributed."""
    bench.pair(project, images(10))
    return lambda: executions.begin({"ProjectArn": project})


def taking_over(bench: Workbench, project: str, executions: Executions) -> Callable[[], str]:
    """A pair that an execution owned, which has failed."""
    training, _ = bench.pair(project, images(1))
    executions.run({"ProjectArn": project})
    bench.update(training, *images(10))
    bench.finish()
    return lambda: executions.begin({"ProjectArn": project})


_WAYS: dict[str, Way] = {
    "Claim pair": taking_over,
}


# What has to go wrong before.
_FAULTS = {"Notify in plain words": [Fault("state:Notify people", error="Unforeseen", times=0)]}


def faults_before(state: str) -> list[Fault]:
    """Those without which no execution enters the state."""
    return _FAULTS.get(state, [])


def way_to(state: str) -> Way:
    """Of an execution that enters the state."""
    return _WAYS.get(state, by_hand)
