"""Every event is lost: sweeps distribute each pair all the same, once, and notify people of it once."""

from itertools import product
from typing import Any

import pytest

from local.aws import LocalAws
from tests.support.executions import Executions, Subscriber
from tests.support.workbench import Workbench, images

ENTRIES, MOVED = 10, 2
KINDS = {"instant": 0, "slow": 60}
ORDERS = [
    pytest.param((first, second), (KINDS[one], KINDS[other]), id=f"{first}-{one}-then-{second}-{other}")
    for (first, second), one, other in product((("TRAIN", "TEST"), ("TEST", "TRAIN")), KINDS, KINDS)
]


class Sweeps:
    """Sweeps that run as the schedule starts them, and the executions that they start."""

    def __init__(self, executions: Executions, machine: str) -> None:
        self._executions, self._machine = executions, machine
        self.started: list[str] = []

    def run(self, at_once: int = 1) -> None:
        """Run so many sweeps at the same time, and everything that they start, to the end."""
        begun = [self._executions.begin({"StartedBy": "SCHEDULE"}, self._machine) for _ in range(at_once)]
        rows = [row for arn in begun for row in self._executions.wait_until_ended(arn).output["Pairs"]]
        for arn in {row["Execution"] for row in rows if "Execution" in row}:
            self.started.append(self._executions.wait_until_ended(arn).ending)


@pytest.mark.parametrize(("kinds", "seconds"), ORDERS)
def test_sweeps_distribute_each_pair_once_and_notify_once(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber_of_project: Subscriber,
    kinds: tuple[str, str],
    seconds: tuple[int, int],
) -> None:
    """A sweep runs before, between and after the creations, two run at once, and one runs when all is done."""
    local_aws.configure(event_copies=0, distribution_seconds=0)
    sweeps, datasets = Sweeps(executions, stack["SweepStateMachineArn"]), dict[str, Any]()
    sweeps.run()
    for kind, duration in zip(kinds, seconds, strict=True):
        local_aws.configure(creation_seconds=duration)
        datasets[kind] = bench.begin(project, kind, images(ENTRIES) if kind == "TRAIN" else None)
        sweeps.run()
    bench.finish()
    sweeps.run(at_once=2)
    sweeps.run()
    assert sweeps.started == ["DISTRIBUTED"]
    assert (bench.total(datasets["TRAIN"]), bench.total(datasets["TEST"])) == (ENTRIES - MOVED, MOVED)
    assert [notification.outcome for notification in subscriber_of_project.receive_all()] == ["DISTRIBUTED"]
