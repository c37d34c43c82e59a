"""Every order in which two datasets and their events can come, with a start by hand in between.

The promises are held against the Custom Labels service's own truth: at most one distribution takes effect, DISTRIBUTED
is said if and only if it is true, one notification, and no entry is lost or doubled.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from local.aws import LocalAws
from tests.support.executions import Execution, Executions, Notification, Subscriber, read_records, wait_until
from tests.support.tally import ENDINGS, count
from tests.support.workbench import Workbench, images

ENTRIES, MOVED = 10, 2
LATE = 3600.0  # long after everything else
DELIVERIES: dict[str, dict[str, float]] = {
    "once": {},
    "twice": {"event_copies": 2},
    "late": {"event_delay_seconds": LATE},
    "lost": {"event_copies": 0},
}
CREATIONS = {"instant": 0, "slow": 60, "failed": 60}
ON_TIME = {"event_copies": 1, "event_delay_seconds": 0.0}


@dataclass(frozen=True)
class Creation:
    """How one dataset is created, and how its event comes."""

    type: str
    delivery: str
    course: str

    @property
    def events(self) -> int:
        return {"twice": 2, "lost": 0}.get(self.delivery, 1)

    @property
    def events_on_time(self) -> int:
        return 0 if self.delivery == "late" else self.events

    @property
    def failed(self) -> bool:
        return self.course == "failed"


@dataclass(frozen=True)
class Order:
    """One dataset is created and then the other, and somebody starts an execution by hand.

    By hand "between": unhurried, each execution has ended before the second dataset is created. By hand "after": both
    datasets are created within milliseconds, and every execution runs beside the others.
    """

    first: Creation
    second: Creation
    by_hand: str

    def __str__(self) -> str:
        created = (f"{each.type}-{each.delivery}-{each.course}" for each in (self.first, self.second))
        return f"{'-then-'.join(created)}-by-hand-{self.by_hand}"

    @property
    def can_be_distributed(self) -> bool:
        return not (self.first.failed or self.second.failed)

    @property
    def is_seen(self) -> bool:
        """Whether an execution starts when both datasets are there."""
        return self.by_hand == "after" or self.second.events > 0 or self.first.delivery == "late"


def orders() -> Iterator[Order]:
    courses = list(product(DELIVERIES, CREATIONS))
    for number, (first_type, first, second) in enumerate(product(("TRAIN", "TEST"), courses, courses)):
        second_type = "TEST" if first_type == "TRAIN" else "TRAIN"
        by_hand = ("between", "after")[(number + number // len(courses)) % 2]
        yield Order(Creation(first_type, *first), Creation(second_type, *second), by_hand)


ORDERS = list(orders())


def test_the_orders_are_every_permutation() -> None:
    assert len(set(ORDERS)) == 2 * (len(DELIVERIES) * len(CREATIONS)) ** 2
    for creations in ({order.first for order in ORDERS}, {order.second for order in ORDERS}):
        assert len(creations) == 2 * len(DELIVERIES) * len(CREATIONS)
    for each in ("first", "second"):
        assert set(Counter((getattr(order, each), order.by_hand) for order in ORDERS).values()) == {6}


@dataclass(frozen=True)
class Ending:
    """What the service, the executions, the subscriber and the table say when all is over."""

    training: list[str]
    test: list[str]
    executions: list[Execution]
    told: list[Notification]
    record: dict[str, str]

    @property
    def moved(self) -> bool:
        return bool(self.test)

    def with_outcome(self, outcome: str) -> list[Execution]:
        return [execution for execution in self.executions if outcome_of(execution) == outcome]


def outcome_of(execution: Execution) -> str:
    return execution.output["Outcome"] if execution.output else "FAILED"


class Stage:
    """Creates the datasets of an order, lets everything happen, and looks at the ending."""

    def __init__(self, bench: Workbench, executions: Executions, project: str, records: Callable[[], Any]) -> None:
        self._bench, self._executions, self._project, self._records = bench, executions, project, records
        self._datasets: dict[str, str] = {}

    def play(self, order: Order) -> list[Execution]:
        """Every execution that there was, once all have ended and no event is on its way."""
        self._create(order.first)
        if order.by_hand == "between":
            self._executions.begin({"ProjectArn": self._project})
            self._all_ended(1 + order.first.events_on_time)
        self._create(order.second)
        if order.by_hand == "after":
            self._executions.begin({"Datasets": [{"Arn": arn} for arn in self._datasets.values()]})
        on_time = 1 + order.first.events_on_time + order.second.events_on_time
        self._until_somebody_has_the_pair(on_time)
        self._bench.finish()
        self._all_ended(on_time)
        self._bench.aws.advance(LATE)
        return self._all_ended(1 + order.first.events + order.second.events)

    def contents(self, dataset_type: str) -> list[str]:
        """The images in the dataset; a dataset that could not be created has none."""
        arn = self._datasets[dataset_type]
        if self._bench.status(arn) == "CREATE_FAILED":
            return []
        return sorted(entry["source-ref"] for entry in self._bench.entries(arn))

    def _all_ended(self, count: int) -> list[Execution]:
        return self._executions.wait_for_all(self._project.split("/")[1], count=count)

    def _create(self, creation: Creation) -> None:
        filled = images(ENTRIES) if creation.type == "TRAIN" else None
        content = ["this is no manifest"] if creation.failed else filled
        course = {"creation_seconds": CREATIONS[creation.course]}
        self._bench.aws.configure(**{**ON_TIME, **DELIVERIES[creation.delivery], **course})
        self._datasets[creation.type] = self._bench.begin(self._project, creation.type, content)
        self._bench.aws.configure(**ON_TIME)

    def _until_somebody_has_the_pair(self, count: int) -> None:
        """Or has found that there is nothing to be had."""
        name = self._project.split("/")[1]
        wait_until(lambda: self._records() or self._executions.count_ended(name) >= count)


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(distribution_seconds=0)
    return bench


@pytest.mark.parametrize("order", ORDERS, ids=str)
def test_promises_hold_in_every_order(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    record_property: Callable[[str, object], None],
    order: Order,
) -> None:
    def records() -> list[dict[str, str]]:
        return read_records(local_aws, stack["RecordsTable"], project.split("/")[1])

    stage = Stage(bench, executions, project, records)
    ended = stage.play(order)
    ending = Ending(
        stage.contents("TRAIN"), stage.contents("TEST"), ended, subscriber.receive_all(), next(iter(records()), {})
    )
    tally(record_property, order, ended)

    assert_at_most_one_distribution_took_effect(order, ending)
    assert_distributed_is_said_if_it_is_true(order, ending)
    assert_each_outcome_is_told_once(order, ending)
    assert_failures_are_true(order, ending)


def tally(record_property: Callable[[str, object], None], order: Order, ended: list[Execution]) -> None:
    test, training = sorted((order.first, order.second), key=lambda each: each.type)
    events = f"TRAIN's event {training.delivery}", f"TEST's {test.delivery}"
    count(record_property, "Orders run, by how the events came", *events)
    created = f"TRAIN's creation {training.course}", f"TEST's {test.course}"
    count(record_property, "Orders run, by how the creations went", *created)
    by_hand = f"{order.first.type} first", f"by hand {order.by_hand}"
    count(record_property, "Orders run, by when the start by hand came", *by_hand)
    for execution in ended:
        count(record_property, ENDINGS, outcome_of(execution), "orders")


def assert_at_most_one_distribution_took_effect(order: Order, ending: Ending) -> None:
    whole = (
        []
        if "TRAIN" in {each.type for each in (order.first, order.second) if each.failed}
        else sorted(f"s3://images/rusty-{number}.jpg" for number in range(ENTRIES))
    )
    assert sorted(ending.training + ending.test) == whole
    assert len(ending.test) in (0, MOVED)


def assert_distributed_is_said_if_it_is_true(order: Order, ending: Ending) -> None:
    assert ending.moved == (order.can_be_distributed and order.is_seen)
    assert len(ending.with_outcome("DISTRIBUTED")) == ending.moved
    if ending.moved:
        (distributed,) = ending.with_outcome("DISTRIBUTED")
        assert (ending.record["Outcome"], ending.record["Execution"]) == ("DISTRIBUTED", distributed.arn)


def assert_each_outcome_is_told_once(order: Order, ending: Ending) -> None:
    telling = ending.with_outcome("DISTRIBUTED") + ending.with_outcome("FAILED")
    assert len(ending.told) == len(telling)
    assert all(sum(execution.arn in told.message for told in ending.told) == 1 for execution in telling)
    assert sum("detail" in execution.input for execution in telling) <= 1
    if order.is_seen:
        assert telling


def assert_failures_are_true(order: Order, ending: Ending) -> None:
    for execution in ending.with_outcome("FAILED"):
        by_event = "detail" in execution.input
        assert execution.error in {"DatasetCreationFailed"} | (set() if by_event else {"DatasetMissing"})
        assert execution.error != "DatasetCreationFailed" or not order.can_be_distributed
    assert set(map(outcome_of, ending.executions)) <= {"DISTRIBUTED", "ALREADY_DISTRIBUTED", "SKIPPED", "FAILED"}
