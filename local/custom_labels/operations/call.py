"""One call of an operation: the caller, the time, and the caller's account."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from local.custom_labels.account import Account, Project
from local.custom_labels.arns import read_arn
from local.custom_labels.clock import Clock
from local.custom_labels.datasets import Dataset
from local.custom_labels.errors import ServiceError, not_found
from local.custom_labels.settings import Settings


class AccessDenied(Exception):  # noqa: N818 - named by its situation, as IAM names it
    """IAM refuses a permission that an operation needs besides its own; the message is IAM's sentence."""


class ObjectUnreadable(Exception):  # noqa: N818 - named by its situation
    """There is no such S3 object, version or bucket."""


class ObjectForbidden(ObjectUnreadable):
    """The caller has no permission to read the S3 object."""


@dataclass(frozen=True)
class Caller:
    """The identity behind a request, and functions that use its permissions."""

    account: str
    region: str
    arn: str
    access_key_id: str
    source_ip: str
    user_agent: str
    authorize: Callable[[str, str], None]
    """(action, resource ARN): raises AccessDenied if IAM refuses."""
    read_object: Callable[[str, str, str | None], bytes]
    """(bucket, key, version): the S3 object, read with the caller's permissions; raises ObjectUnreadable."""


@dataclass(frozen=True)
class Call:
    """`lock` guards the account. The service holds it during every operation except CreateDataset, which takes it."""

    caller: Caller
    settings: Settings
    clock: Clock
    account: Account
    lock: AbstractContextManager[Any]

    def now(self) -> float:
        """Epoch seconds in whole milliseconds, as the API's timestamps."""
        return round(self.clock.now(), 3)

    def finish_due_changes(self) -> None:
        self.account.finish_due_changes(self.now(), self.settings)

    def find_project(self, arn: str) -> Project:
        """Raises ResourceNotFoundException if the project does not exist or is being deleted."""
        self._require_own(arn)
        project = self.account.projects.get(arn)
        if not project or project.status == "DELETING":
            raise not_found(arn)
        return project

    def find_dataset(self, arn: str) -> Dataset:
        """Raises ResourceNotFoundException if the dataset does not exist."""
        self._require_own(arn)
        dataset = self.account.datasets.get(arn)
        if not dataset:
            raise not_found(arn)
        return dataset

    def authorize(self, action: str, resource_arn: str) -> None:
        """Raises AccessDeniedException if the caller lacks a permission besides the operation's own."""
        try:
            self.caller.authorize(action, resource_arn)
        except AccessDenied as denial:
            raise ServiceError("AccessDeniedException", str(denial)) from denial

    def require_capacity(self) -> None:
        """Raises LimitExceededException if no more datasets of the account can change at the same time."""
        most = self.settings.max_concurrent_changes
        if most and self.account.changes_in_progress >= most:
            raise ServiceError("LimitExceededException", f"{most} datasets are being changed, which is the limit.")

    def _require_own(self, arn: str) -> None:
        """Raises the error of the setting for an ARN of another account or Region."""
        named = read_arn(arn)
        if named and (named.account, named.region) != (self.caller.account, self.caller.region):
            raise ServiceError(
                self.settings.foreign_arn_error,
                f"{arn} does not belong to account {self.caller.account} in Region {self.caller.region}.",
            )
