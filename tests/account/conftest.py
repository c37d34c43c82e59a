"""A laboratory and a shell on the local AWS."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from account.session import Account
from account.verify import equipment
from account.verify.lab import PREFIX, Lab
from local.aws import ROOT, LocalAws
from local.cdk import STACK
from tests.support.roles import Role
from tests.support.unique import unique


class MovedClock:
    """Moves the service's clock instead of waiting."""

    def __init__(self, aws: LocalAws) -> None:
        self._aws, self._now = aws, 0.0

    def now(self) -> float:
        return self._now

    def wait(self, seconds: float) -> None:
        self._aws.advance(seconds)
        self._now += seconds


class HurriedClock(MovedClock):
    """The same, but two minutes pass in a second: executions run in real time, and patience must outlast them."""

    def now(self) -> float:
        return 120 * time.monotonic()


@pytest.fixture(scope="module")
def account(local_aws: LocalAws) -> Iterator[Account]:
    """The account, for a role with the policy of docs/verify.md and no other right."""
    page = (ROOT / "docs" / "verify.md").read_text().replace("DatasetDistributionVerify", STACK)
    policy = page.replace("datasetdistributionverify", STACK.lower()).partition("```json")[2].partition("```")[0]
    role = Role(local_aws, *json.loads(policy)["Statement"])
    with pytest.MonkeyPatch.context() as shell:
        for name, value in {**local_aws.environment, **role.credentials()}.items():
            shell.setenv(name, value)
        yield Account()


@pytest.fixture(scope="module")
def equipped(account: Account) -> Iterator[dict[str, str]]:
    """The outputs of the kit's own stack."""
    run = unique("equipment")
    yield equipment.create(account, run)
    equipment.delete(account, f"{PREFIX}{run}")


@pytest.fixture
def shell(local_aws: LocalAws, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of this process is that of a shell with credentials of the account's administrator."""
    for name, value in local_aws.environment.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


@pytest.fixture
def lab(local_aws: LocalAws, bucket: str) -> Lab:
    """Changes take three seconds of the service's clock, which moves only when the laboratory waits."""
    durations = ("creation_seconds", "update_seconds", "distribution_seconds", "deletion_seconds")
    local_aws.configure(**dict.fromkeys(durations, 3.0))
    return Lab(client=local_aws.client, bucket=bucket, run=unique("")[-8:], clock=MovedClock(local_aws))


@pytest.fixture
def lab_of_account(lab: Lab, account: Account, equipped: dict[str, str]) -> Lab:
    """The same with the bucket and the rights of the kit."""
    return replace(lab, client=account.client, bucket=equipped["Bucket"])
