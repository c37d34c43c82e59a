"""The kit finds out what CloudTrail's events are like, and which rights a distribution needs."""

from typing import Any

import pytest

from account.session import Account
from account.verify.experiments.events import observe_events
from account.verify.experiments.permissions import observe_rights
from account.verify.lab import Lab
from account.verify.mailbox import Mailbox
from local.aws import LocalAws


@pytest.fixture
def role(account: Account, equipped: dict[str, str]) -> Any:
    """Rekognition's client with the rights of the kit's role."""
    return account.assume(equipped["RoleArn"])("rekognition")


@pytest.mark.parametrize("needed", [True, False])
def test_the_right_to_read_images_is_found_out(
    local_aws: LocalAws, lab_of_account: Lab, role: Any, needed: bool
) -> None:
    local_aws.configure(distribution_reads_images=needed)
    (answer,) = observe_rights(lab_of_account, role)
    assert (answer.setting, answer.value) == ("distribution_reads_images", needed)


@pytest.mark.parametrize(
    "secret",
    [
        {"request_key_casing": "lower_camel", "response_key_casing": "pascal", "denied_error_code": "AccessDenied"},
        {"request_key_casing": "pascal", "response_key_casing": "lower_camel", "event_copies": 2},
        {"request_key_casing": "absent", "denied_error_code": "AccessDeniedException", "event_delay_seconds": 30.0},
    ],
)
def test_what_an_event_is_like_is_found_out(
    local_aws: LocalAws,
    account: Account,
    lab_of_account: Lab,
    equipped: dict[str, str],
    role: Any,
    secret: dict[str, Any],
) -> None:
    local_aws.configure(**{"event_copies": 1, **secret})
    trail = Mailbox(account.client("sqs"), equipped["Trail"])
    found = {answer.setting: answer.value for answer in observe_events(lab_of_account, trail, role)}
    for name, value in secret.items():
        assert found[name] == (pytest.approx(value, abs=2.0) if isinstance(value, float) else value), name


def test_without_events_nothing_is_found_out(
    local_aws: LocalAws, account: Account, lab_of_account: Lab, equipped: dict[str, str], role: Any
) -> None:
    local_aws.configure(event_copies=0)
    found = observe_events(lab_of_account, Mailbox(account.client("sqs"), equipped["Trail"]), role)
    assert {answer.value for answer in found} == {None}
    assert all("is there a trail?" in answer.evidence for answer in found)
