"""Which operation a dataset allows in which status: a table in the settings, since AWS documents little of it."""

from typing import Literal

from local.custom_labels.datasets import Dataset
from local.custom_labels.errors import ServiceError
from local.custom_labels.settings import ACCEPT, Settings

Verb = Literal["delete", "update", "list", "distribute"]

SITUATIONS = {
    "CREATE_IN_PROGRESS": "while_creating",
    "UPDATE_IN_PROGRESS": "while_updating",
    "DELETE_IN_PROGRESS": "while_deleting",
    "CREATE_FAILED": "after_failed_creation",
    "UPDATE_FAILED": "after_failed_update",
}


def require_allowed(verb: Verb, dataset: Dataset, settings: Settings) -> None:
    """Raises the error that the settings name for this operation on a dataset in this status."""
    situation = SITUATIONS.get(dataset.status)
    answer = getattr(settings, f"{verb}_{situation}") if situation else ACCEPT
    if answer != ACCEPT:
        raise ServiceError(answer, f"The dataset {dataset.arn} is {dataset.status}: it cannot {verb} now.")
