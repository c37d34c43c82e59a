"""The Custom Labels service: its operations, one call at a time, and CloudTrail's events of them."""

import uuid
from collections.abc import Callable
from threading import RLock
from typing import Any

from local.custom_labels.account import Account
from local.custom_labels.clock import Clock
from local.custom_labels.errors import ServiceError
from local.custom_labels.events import RECORDED_OPERATIONS, Delivery, build_event, describe_request, describe_response
from local.custom_labels.internal_state import describe_internal_state
from local.custom_labels.operations import dataset_operations, distribution, listing, projects
from local.custom_labels.operations.call import Call, Caller
from local.custom_labels.settings import Settings
from local.custom_labels.validation import read_parameters, service_model

Operation = Callable[[Call, dict[str, Any]], dict[str, Any]]

# "Amazon Rekognition endpoints and quotas", AWS General Reference: where Custom Labels is available.
REGIONS = frozenset(
    {
        *("us-east-1", "us-east-2", "us-west-2", "eu-west-1", "eu-west-2", "eu-central-1"),
        *("ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-northeast-2"),
    }
)

OPERATIONS: dict[str, Operation] = {
    "CreateProject": projects.create_project,
    "DescribeProjects": projects.describe_projects,
    "DescribeProjectVersions": projects.describe_project_versions,
    "DeleteProject": projects.delete_project,
    "CreateDataset": dataset_operations.create_dataset,
    "DescribeDataset": dataset_operations.describe_dataset,
    "DistributeDatasetEntries": distribution.distribute_dataset_entries,
    "ListDatasetEntries": listing.list_dataset_entries,
    "UpdateDatasetEntries": dataset_operations.update_dataset_entries,
    "ListDatasetLabels": listing.list_dataset_labels,
    "DeleteDataset": dataset_operations.delete_dataset,
    "TagResource": projects.tag_resource,
    "UntagResource": projects.untag_resource,
    "ListTagsForResource": projects.list_tags_for_resource,
}


class CustomLabels:
    """The projects and datasets of every account and Region. Several threads can call it."""

    def __init__(self, *, clock: Clock, settings: Settings, put_event: Callable[[dict[str, Any]], None]) -> None:
        """`put_event` puts an EventBridge event on the default bus of the event's account and Region."""
        self.clock = clock
        self.settings = settings
        self._delivery = Delivery(clock, put_event)
        self._lock = RLock()
        self._accounts: dict[tuple[str, str], Account] = {}

    def reset(self) -> None:
        """Forget all projects and datasets, and the events that are not delivered yet."""
        with self._lock:
            self._accounts.clear()
        self._delivery.forget()

    def internal_state(self) -> dict[str, Any]:
        """All projects, datasets and distributions since the last reset, including those the API does not show."""
        with self._lock:
            accounts = list(self._accounts.values())
            for account in accounts:
                account.finish_due_changes(self.clock.now(), self.settings)
            return describe_internal_state(accounts)

    def advance(self, seconds: float) -> None:
        """Move the clock forward and deliver the events that are due then. Raises the clock's ValueError."""
        self.clock.advance(seconds)
        self._delivery.deliver_due()

    def move_to(self, moment: float) -> None:
        """Move the clock to a moment in epoch seconds, if it is not past, and deliver the events that are due then."""
        self.clock.move_to(moment)
        self._delivery.deliver_due()

    def perform(self, operation: str, given: dict[str, Any], caller: Caller, request_id: str) -> dict[str, Any]:
        """The response of an operation to the parameters as given, or ServiceError. CloudTrail records each change.

        Parameters that violate the model are recorded as null. Events that are due are delivered first.
        """
        self._delivery.deliver_due()
        require_operation(operation)
        require_region(caller.region, self.settings)
        parameters: dict[str, Any] = {}
        try:
            parameters = read_parameters(operation, given)
            response = self._perform(operation, parameters, caller)
        except ServiceError as error:
            self._record(operation, parameters, caller, request_id, error=error)
            raise
        self._record(operation, parameters, caller, request_id, response=response)
        return response

    def record_denial(self, operation: str, caller: Caller, message: str) -> None:
        """Record a call that IAM refused before the service received it; `message` is IAM's sentence."""
        self._record(operation, {}, caller, str(uuid.uuid4()), error=ServiceError("AccessDeniedException", message))

    def _perform(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:
        with self._lock:
            account = self._accounts.setdefault((caller.account, caller.region), Account())
        call = Call(caller, self.settings, self.clock, account, self._lock)
        if operation == "CreateDataset":  # it takes the lock itself, and releases it while it parses a manifest
            return OPERATIONS[operation](call, parameters)
        with self._lock:
            call.finish_due_changes()
            return OPERATIONS[operation](call, parameters)

    def _record(
        self,
        operation: str,
        parameters: dict[str, Any],
        caller: Caller,
        request_id: str,
        *,
        response: dict[str, Any] | None = None,
        error: ServiceError | None = None,
    ) -> None:
        if operation not in RECORDED_OPERATIONS:
            return
        if error and error.code == "AccessDeniedException":
            error = ServiceError(self.settings.denied_error_code, error.message)
        request = describe_request(operation, parameters, self.settings.request_key_casing)
        elements = describe_response(operation, response or {}, self.settings.response_key_casing)
        now = self.clock.now()
        event = build_event(caller, operation, now, request_id, request=request, response=elements, error=error)
        self._delivery.put(event, self.settings)


def require_region(region: str, settings: Settings) -> None:
    """Raises the error of the setting in a Region without Custom Labels.

    It has no message: github.com/aws-samples/aws-rekognition-liveness-detection/issues/2 has such an answer of another
    feature of Rekognition, which Frankfurt did not have then.
    """
    if region not in REGIONS:
        raise ServiceError(settings.unavailable_region, "")


def require_operation(operation: str) -> None:
    """Raises UnknownOperationException for an operation that is not available here."""
    if operation in OPERATIONS:
        return
    if operation in service_model().operation_names:
        reason = f"{operation} is an operation of Amazon Rekognition that is not available here"
    else:
        reason = f"'{operation[:100]}' is not an operation of Amazon Rekognition"
    raise ServiceError("UnknownOperationException", f"{reason}; there are {', '.join(OPERATIONS)}.")
