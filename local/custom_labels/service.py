"""The Custom Labels service: its operations, one call at a time, and a record of each."""

import uuid
from collections.abc import Callable
from threading import RLock
from typing import Any

from local.custom_labels import dataset_operations, distribution, listing, projects
from local.custom_labels.account import Holdings
from local.custom_labels.call import Call, Caller
from local.custom_labels.clock import Clock
from local.custom_labels.errors import ServiceError
from local.custom_labels.events import RECORDED, Delivery, build_event, describe_request, describe_response
from local.custom_labels.internal_state import describe_truth
from local.custom_labels.settings import Settings
from local.custom_labels.validation import read_parameters, service_model

Operation = Callable[[Call, dict[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    "CreateProject": projects.create_project,
    "DescribeProjects": projects.describe_projects,
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
    """Projects and datasets, apart for each account and Region. May be called from several threads at once."""

    def __init__(self, *, clock: Clock, settings: Settings, put_event: Callable[[dict[str, Any]], None]) -> None:
        """`put_event` puts an EventBridge event on the default bus of the account and Region it names."""
        self.clock = clock
        self.settings = settings
        self._delivery = Delivery(clock, put_event)
        self._lock = RLock()
        self._holdings: dict[tuple[str, str], Holdings] = {}

    def reset(self) -> None:
        """Forget every project and dataset, and every event that is not delivered yet."""
        with self._lock:
            self._holdings.clear()
        self._delivery.forget()

    def truth(self) -> dict[str, Any]:
        """What there is, and what was accepted since the beginning or the last reset, whatever the API shows."""
        with self._lock:
            holdings = list(self._holdings.values())
            for each in holdings:
                each.settle(self.clock.now(), self.settings)
            return describe_truth(holdings)

    def advance(self, seconds: float) -> None:
        """Move the clock forward, and deliver the events that are due then; ValueError as the clock's."""
        self.clock.advance(seconds)
        self._delivery.deliver_due()

    def move_to(self, moment: float) -> None:
        """Likewise to a moment in epoch seconds, unless it has passed."""
        self.clock.move_to(moment)
        self._delivery.deliver_due()

    def perform(self, operation: str, given: dict[str, Any], caller: Caller, request_id: str) -> dict[str, Any]:
        """The response of an operation to parameters as they came; ServiceError. Either is recorded.

        Parameters that are not the model's are recorded as null. The events that are due by now are delivered first.
        """
        self._delivery.deliver_due()
        require_operation(operation)
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
        """Record a call that IAM refused before it reached the service; `message` is IAM's sentence."""
        self._record(operation, {}, caller, str(uuid.uuid4()), error=ServiceError("AccessDeniedException", message))

    def _perform(self, operation: str, parameters: dict[str, Any], caller: Caller) -> dict[str, Any]:
        with self._lock:
            holdings = self._holdings.setdefault((caller.account, caller.region), Holdings())
        call = Call(caller, self.settings, self.clock, holdings, self._lock)
        if operation == "CreateDataset":  # it holds the lock itself, but not while it parses a manifest
            return OPERATIONS[operation](call, parameters)
        with self._lock:
            call.settle()
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
        if operation not in RECORDED:
            return
        if error and error.code == "AccessDeniedException":
            error = ServiceError(self.settings.denied_error_code, error.message)
        request = describe_request(operation, parameters, self.settings.request_key_casing)
        elements = describe_response(operation, response or {}, self.settings.response_key_casing)
        now = self.clock.now()
        event = build_event(caller, operation, now, request_id, request=request, response=elements, error=error)
        self._delivery.put(event, self.settings)


def require_operation(operation: str) -> None:
    """UnknownOperationException for what this service does not do."""
    if operation in OPERATIONS:
        return
    if operation in service_model().operation_names:
        reason = f"{operation} is an operation of Amazon Rekognition that is not available here"
    else:
        reason = f"'{operation[:100]}' is not an operation of Amazon Rekognition"
    raise ServiceError("UnknownOperationException", f"{reason}; there are {', '.join(OPERATIONS)}.")
