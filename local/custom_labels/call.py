"""One call of an operation: who makes it, when, and on whose projects and datasets."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from local.custom_labels.account import Holdings, Project
from local.custom_labels.arns import read_arn
from local.custom_labels.caller import AccessDenied, Caller
from local.custom_labels.clock import Clock
from local.custom_labels.datasets import Dataset
from local.custom_labels.errors import ServiceError, not_found
from local.custom_labels.settings import Settings


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
