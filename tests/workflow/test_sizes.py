"""Long texts and many labels fit every form."""

import json

import pytest

from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import Executions, Subscriber, only
from tests.support.workbench import Workbench, classified, images
from tests.workflow.notifications import Waiting, distribute, valid

MOST_BYTES = 256 * 1024  # of an SNS message, and of an event
LONG = 32_000  # Step Functions allows 32,768 characters of a cause


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0, event_copies=0)
    return bench


def with_labels(label: str) -> list[str]:
    """Lines of 250 labels, each of 255 characters at most, on two images."""
    return [classified(f"{number}-{copy}.jpg", f"{number:03}{label}"[:255]) for number in range(250) for copy in "ab"]


@pytest.mark.parametrize("character", ["\U0001f600", '"', "\x01", "&"], ids=["emoji", "quotes", "controls", "markup"])
def test_whatever_is_long_fits_every_form(
    local_aws: LocalAws,
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    character: str,
) -> None:
    local_aws.follow_waits(True)
    local_aws.inject(Fault("state:Claim pair", error="Broken", message=character * LONG, times=0))
    distribute(bench, project, executions, images(10))
    notice = valid(only(subscriber.received()).notice)
    assert notice["Outcome"] == "FAILED"
    assert character * 100 in notice["Cause"]


HOW = ("people", "in plain words")


def test_a_cause_leaves_room_for_what_to_do(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions
) -> None:
    local_aws.follow_waits(True)
    notifying = (Fault(f"state:Notify {how}", error="Broken", message="Sorry.", times=0) for how in HOW)
    local_aws.inject(Fault("state:Claim pair", error="Broken", message="x" * LONG, times=0), *notifying)
    cause = distribute(bench, project, executions, images(10)).cause
    assert len(cause) < 32_768
    assert "Nobody could be notified: Sorry." in cause
    assert "What to do: " in cause


@pytest.mark.parametrize(
    "label", ["\U0001f600" * 255, '"\\' * 127, "<b>\u202e" * 60], ids=["emoji", "quotes", "markup"]
)
def test_250_labels_of_255_characters_fit_every_form(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, caught: Waiting, label: str
) -> None:
    execution = distribute(bench, project, executions, with_labels(label))
    assert execution.output["Outcome"] == "DISTRIBUTED", execution
    notice = valid(only(subscriber.received()).notice)
    assert len(notice["Report"]["Labels"]) + notice["Report"]["LabelsOmitted"] == 250
    assert len(json.dumps(notice, ensure_ascii=False).encode()) < MOST_BYTES
    assert caught()[0]["detail"] == notice
