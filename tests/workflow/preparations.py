"""Prepare a project so that an execution enters a given state."""

from collections.abc import Callable

from local.faults.fault import Fault
from tests.support.executions import Executions
from tests.support.workbench import Workbench, images

Start = Callable[[], str]  # starts the execution and returns its ARN
Preparation = Callable[[Workbench, str, Executions], Start]


def prepare_new_pair(bench: Workbench, project: str, executions: Executions) -> Start:
    """Create a pair that can be distributed."""
    bench.pair(project, images(10))
    return lambda: executions.begin({"ProjectArn": project})


def prepare_takeover(bench: Workbench, project: str, executions: Executions) -> Start:
    """Create a pair that can be distributed and whose owner has failed."""
    training, _ = bench.pair(project, images(1))
    executions.run({"ProjectArn": project})
    bench.update(training, *images(10))
    bench.finish()
    return lambda: executions.begin({"ProjectArn": project})


_PREPARATIONS: dict[str, Preparation] = {"Claim pair": prepare_takeover}
_NEEDED_FAULTS = {"Notify in plain words": [Fault("state:Notify people", error="Unforeseen", times=0)]}


def choose_preparation(state: str) -> Preparation:
    """The preparation after which an execution enters the state."""
    return _PREPARATIONS.get(state, prepare_new_pair)


def list_needed_faults(state: str) -> list[Fault]:
    """The faults without which no execution enters the state."""
    return _NEEDED_FAULTS.get(state, [])
