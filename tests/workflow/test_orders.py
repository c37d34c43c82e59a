"""The promises hold in every order of two creations, their events and a start by a person.

At most one distribution takes effect. An execution reports DISTRIBUTED if and only if the datasets show it. Each
outcome sends one notification. No entry is lost or doubled.
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
LATE_SECONDS = 3600.0  # longer than everything else takes
DELIVERIES: dict[str, dict[str, float]] = {
    "once": {},
    "twice": {"event_copies": 2},
    "late": {"event_delay_seconds": LATE_SECONDS},
    "lost": {"event_copies": 0},
}
CREATIONS = {"instant": 0, "slow": 60, "failed": 60}
ON_TIME = {"event_copies": 1, "event_delay_seconds": 0.0}


@dataclass(frozen=True)
class Creation:
    """How one dataset is created, and how its event is delivered."""

    type: str
    delivery: str
    kind: str

    @property
    def events(self) -> int:
        return {"twice": 2, "lost": 0}.get(self.delivery, 1)

    @property
    def events_on_time(self) -> int:
        return 0 if self.delivery == "late" else self.events

    @property
    def failed(self) -> bool:
        return self.kind == "failed"


@dataclass(frozen=True)
class Order:
    """One dataset is created, then the other, and a person starts an execution.

    "between": the person starts it after the first creation. Every execution ends before the second creation.
    "after": the person starts it after both creations. They are milliseconds apart, and all executions run at once.
    """

    first: Creation
    second: Creation
    person_starts: str

    def __str__(self) -> str:
        created = (f"{each.type}-{each.delivery}-{each.kind}" for each in (self.first, self.second))
        return f"{'-then-'.join(created)}-person-starts-{self.person_starts}"

    @property
    def can_be_distributed(self) -> bool:
        return not (self.first.failed or self.second.failed)

    @property
    def starts_with_both_datasets(self) -> bool:
        """Whether an execution starts while both datasets exist."""
        return self.person_starts == "after" or self.second.events > 0 or self.first.delivery == "late"


def make_orders() -> Iterator[Order]:
    variants = list(product(DELIVERIES, CREATIONS))
    for number, (first_type, first, second) in enumerate(product(("TRAIN", "TEST"), variants, variants)):
        second_type = "TEST" if first_type == "TRAIN" else "TRAIN"
        person_starts = ("between", "after")[(number + number // len(variants)) % 2]
        yield Order(Creation(first_type, *first), Creation(second_type, *second), person_starts)


ORDERS = list(make_orders())


def test_each_creation_meets_both_starts_equally_often() -> None:
    assert len(set(ORDERS)) == 2 * (len(DELIVERIES) * len(CREATIONS)) ** 2
    for creations in ({order.first for order in ORDERS}, {order.second for order in ORDERS}):
        assert len(creations) == 2 * len(DELIVERIES) * len(CREATIONS)
    for each in ("first", "second"):
        assert set(Counter((getattr(order, each), order.person_starts) for order in ORDERS).values()) == {6}


@dataclass(frozen=True)
class Ending:
    """What the service, the executions, the subscriber and the table show after all executions have ended."""

    training: list[str]
    test: list[str]
    executions: list[Execution]
    notifications: list[Notification]
    record: dict[str, str]

    @property
    def moved(self) -> bool:
        return bool(self.test)

    def with_outcome(self, outcome: str) -> list[Execution]:
        return [execution for execution in self.executions if read_outcome(execution) == outcome]


def read_outcome(execution: Execution) -> str:
    return execution.output["Outcome"] if execution.output else "FAILED"


class Stage:
    """Creates the datasets of an order and waits until all executions have ended."""

    def __init__(self, bench: Workbench, executions: Executions, project: str, records: Callable[[], Any]) -> None:
        self._bench, self._executions, self._project, self._records = bench, executions, project, records
        self._datasets: dict[str, str] = {}

    def run_order(self, order: Order) -> list[Execution]:
        """All executions of the order, after they have ended and all events were delivered."""
        self._create(order.first)
        if order.person_starts == "between":
            self._executions.begin({"ProjectArn": self._project})
            self._wait_for_executions(1 + order.first.events_on_time)
        self._create(order.second)
        if order.person_starts == "after":
            self._executions.begin({"Datasets": [{"Arn": arn} for arn in self._datasets.values()]})
        on_time = 1 + order.first.events_on_time + order.second.events_on_time
        self._wait_for_claim_or_ends(on_time)
        self._bench.finish()
        self._wait_for_executions(on_time)
        self._bench.aws.advance(LATE_SECONDS)
        return self._wait_for_executions(1 + order.first.events + order.second.events)

    def list_images(self, dataset_type: str) -> list[str]:
        """The images in the dataset, sorted; empty for a dataset that could not be created."""
        arn = self._datasets[dataset_type]
        if self._bench.status(arn) == "CREATE_FAILED":
            return []
        return sorted(entry["source-ref"] for entry in self._bench.entries(arn))

    def _wait_for_executions(self, count: int) -> list[Execution]:
        return self._executions.wait_for_all(self._project.split("/")[1], count=count)

    def _create(self, creation: Creation) -> None:
        lines = images(ENTRIES) if creation.type == "TRAIN" else None
        content = ["this is no manifest"] if creation.failed else lines
        duration = {"creation_seconds": CREATIONS[creation.kind]}
        self._bench.aws.configure(**{**ON_TIME, **DELIVERIES[creation.delivery], **duration})
        self._datasets[creation.type] = self._bench.begin(self._project, creation.type, content)
        self._bench.aws.configure(**ON_TIME)

    def _wait_for_claim_or_ends(self, count: int) -> None:
        """Return when an execution has claimed the pair, or when `count` executions have ended."""
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
    ended = stage.run_order(order)
    ending = Ending(
        stage.list_images("TRAIN"),
        stage.list_images("TEST"),
        ended,
        subscriber.receive_all(),
        next(iter(records()), {}),
    )
    count_order(record_property, order, ended)

    assert_at_most_one_distribution_took_effect(order, ending)
    assert_distributed_is_true(order, ending)
    assert_each_outcome_is_notified_once(order, ending)
    assert_failures_are_true(order, ending)


def count_order(record_property: Callable[[str, object], None], order: Order, ended: list[Execution]) -> None:
    test, training = sorted((order.first, order.second), key=lambda each: each.type)
    events = f"TRAIN's event {training.delivery}", f"TEST's {test.delivery}"
    count(record_property, "Orders run, by delivery of the events", *events)
    created = f"TRAIN's creation {training.kind}", f"TEST's {test.kind}"
    count(record_property, "Orders run, by kind of the creations", *created)
    starts = f"{order.first.type} first", f"a person {order.person_starts}"
    count(record_property, "Orders run, by when a person started an execution", *starts)
    for execution in ended:
        count(record_property, ENDINGS, read_outcome(execution), "orders")


def assert_at_most_one_distribution_took_effect(order: Order, ending: Ending) -> None:
    expected = (
        []
        if "TRAIN" in {each.type for each in (order.first, order.second) if each.failed}
        else sorted(f"s3://images/rusty-{number}.jpg" for number in range(ENTRIES))
    )
    assert sorted(ending.training + ending.test) == expected
    assert len(ending.test) in (0, MOVED)


def assert_distributed_is_true(order: Order, ending: Ending) -> None:
    assert ending.moved == (order.can_be_distributed and order.starts_with_both_datasets)
    assert len(ending.with_outcome("DISTRIBUTED")) == ending.moved
    if ending.moved:
        (distributed,) = ending.with_outcome("DISTRIBUTED")
        assert (ending.record["Outcome"], ending.record["Execution"]) == ("DISTRIBUTED", distributed.arn)


def assert_each_outcome_is_notified_once(order: Order, ending: Ending) -> None:
    notifying = ending.with_outcome("DISTRIBUTED") + ending.with_outcome("FAILED")
    assert len(ending.notifications) == len(notifying)
    assert all(
        sum(execution.arn in notification.message for notification in ending.notifications) == 1
        for execution in notifying
    )
    assert sum("detail" in execution.input for execution in notifying) <= 1
    if order.starts_with_both_datasets:
        assert notifying


def assert_failures_are_true(order: Order, ending: Ending) -> None:
    for execution in ending.with_outcome("FAILED"):
        by_event = "detail" in execution.input
        assert execution.error in {"DatasetCreationFailed"} | (set() if by_event else {"DatasetMissing"})
        assert execution.error != "DatasetCreationFailed" or not order.can_be_distributed
    assert set(map(read_outcome, ending.executions)) <= {"DISTRIBUTED", "ALREADY_DISTRIBUTED", "SKIPPED", "FAILED"}
