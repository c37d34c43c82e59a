"""Long causes and many labels fit the limits of AWS."""

import json

import pytest

from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import Executions, Subscriber, only
from tests.support.workbench import Workbench, classified, images
from tests.workflow.notifications.messages import ReceiveEvents, distribute_new_pair, validate_notice

MAX_BYTES = 256 * 1024  # of an SNS message and of an event
CAUSE_LENGTH = 32_000  # Step Functions allows 32,768 characters of a cause
NOTIFYING_STATES = ("Notify people", "Notify in plain words")


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0, event_copies=0)
    return bench


def make_labeled_lines(label: str) -> list[str]:
    """Lines of 500 images with 250 labels: two images a label, at most 255 characters a label."""
    return [classified(f"{number}-{copy}.jpg", f"{number:03}{label}"[:255]) for number in range(250) for copy in "ab"]


@pytest.mark.parametrize(
    ("character", "shown"),
    [("\U0001f600", "\U0001f600"), ('"', '"'), ("&", "&"), ("\x01", r"\u0001"), ("\u3164", r"\u3164")],
    ids=["emoji", "quotes", "markup", "controls", "fillers"],
)
def test_a_long_cause_fits_the_notice(
    local_aws: LocalAws,
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    character: str,
    shown: str,
) -> None:
    local_aws.follow_waits(True)
    local_aws.inject(Fault("state:Claim pair", error="Broken", message=character * CAUSE_LENGTH, times=0))
    distribute_new_pair(bench, project, executions, images(10))
    notice = validate_notice(only(subscriber.receive_all()).notice)
    assert notice["Outcome"] == "FAILED"
    assert shown * 100 in notice["Cause"]


def test_a_long_cause_leaves_room_for_advice(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions
) -> None:
    local_aws.follow_waits(True)
    faults = (Fault(f"state:{state}", error="Broken", message="Sorry.", times=0) for state in NOTIFYING_STATES)
    local_aws.inject(Fault("state:Claim pair", error="Broken", message="x" * CAUSE_LENGTH, times=0), *faults)
    cause = distribute_new_pair(bench, project, executions, images(10)).cause
    assert len(cause) < 32_768
    assert "Nobody could be notified: Sorry." in cause
    assert "What to do: " in cause


@pytest.mark.parametrize(
    "label",
    ["\U0001f600" * 255, '"\\' * 127, "<b>\u202e" * 60, "\u3164" * 255, "\u0301" * 255],
    ids=["emoji", "quotes", "markup", "fillers", "marks"],
)
def test_250_labels_of_255_characters_fit_notice_and_event(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    receive_events: ReceiveEvents,
    label: str,
) -> None:
    execution = distribute_new_pair(bench, project, executions, make_labeled_lines(label))
    assert execution.output["Outcome"] == "DISTRIBUTED", execution
    notice = validate_notice(only(subscriber.receive_all()).notice)
    assert len(notice["Report"]["Labels"]) + notice["Report"]["LabelsOmitted"] == 250
    assert len(json.dumps(notice, ensure_ascii=False).encode()) < MAX_BYTES
    assert receive_events()[0]["detail"] == notice
