"""One call of an operation: the caller, the time, and the projects and datasets it is about."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from local.custom_labels.account import Holdings, Project
from local.custom_labels.arns import read_arn
from local.custom_labels.clock import Clock
from local.custom_labels.datasets import Dataset
from local.custom_labels.errors import ServiceError, not_found
from local.custom_labels.settings import Settings


class AccessDenied(Exception):  # noqa: N818 - named by its situation, as IAM names it
    """IAM refuses a permission that an operation needs beside its own; the message is IAM's sentence."""


class ObjectUnreadable(Exception):  # noqa: N818 - named by its situation
    """There is no such S3 object, version or bucket."""


class ObjectForbidden(ObjectUnreadable):
    """The S3 object may be there, but the caller may not read it."""


@dataclass(frozen=True)
class Caller:
    """The identity behind a request, and its ways into IAM and S3."""

    account: str
    region: str
    arn: str
    access_key_id: str
    source_ip: str
    user_agent: str
    authorize: Callable[[str, str], None]
    """(action, resource ARN): raises AccessDenied when IAM says no."""
    read_object: Callable[[str, str, str | None], bytes]
    """(bucket, key, version): the object, read with the caller's rights; raises ObjectUnreadable."""


@dataclass(frozen=True)
class Call:
    """`lock` guards the holdings; every operation but CreateDataset is called with it held."""

    caller: Caller
    settings: Settings
    clock: Clock
    holdings: Holdings
    lock: AbstractContextManager[Any]

    def now(self) -> float:
        """Epoch seconds, in the whole milliseconds of the API's timestamps."""
        return round(self.clock.now(), 3)

    def settle(self) -> None:
        self.holdings.settle(self.now(), self.settings)

    def project(self, arn: str) -> Project:
        """ResourceNotFoundException when there is none, or it is being deleted and nothing can be done with it."""
        self._require_own(arn)
        project = self.holdings.projects.get(arn)
        if not project or project.status == "DELETING":
            raise not_found(arn)
        return project

    def dataset(self, arn: str) -> Dataset:
        """ResourceNotFoundException when there is none."""
        self._require_own(arn)
        dataset = self.holdings.datasets.get(arn)
        if not dataset:
            raise not_found(arn)
        return dataset

    def authorize(self, action: str, resource_arn: str) -> None:
        """A permission beside the operation's own: AccessDeniedException."""
        try:
            self.caller.authorize(action, resource_arn)
        except AccessDenied as denial:
            raise ServiceError("AccessDeniedException", str(denial)) from denial

    def require_capacity(self) -> None:
        """LimitExceededException when the account changes as many datasets as it may."""
        most = self.settings.max_concurrent_changes
        if most and self.holdings.changes_in_progress >= most:
            raise ServiceError("LimitExceededException", f"{most} datasets are being changed, which is the limit.")

    def _require_own(self, arn: str) -> None:
        named = read_arn(arn)
        if named and (named.account, named.region) != (self.caller.account, self.caller.region):
            raise ServiceError(
                self.settings.foreign_arn_error,
                f"{arn} is not of account {self.caller.account} in Region {self.caller.region}.",
            )
