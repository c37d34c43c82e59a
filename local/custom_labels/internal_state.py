"""The internal state of the service, for tests. The API shows some of it late, or not at all."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from local.custom_labels.account import Account
from local.custom_labels.datasets import Dataset


def describe_internal_state(accounts: Iterable[Account]) -> dict[str, Any]:
    """`projects`, each with its datasets, by ARN; `deleted` datasets; and accepted `distributions`."""
    every = list(accounts)
    return {
        "projects": {
            project.arn: [_describe_dataset(dataset) for dataset in account.datasets_of(project)]
            for account in every
            for project in account.projects.values()
        },
        "deleted": [_describe_dataset(dataset) for account in every for dataset in account.deleted],
        "distributions": [asdict(distribution) for account in every for distribution in account.distributions],
    }


def _describe_dataset(dataset: Dataset) -> dict[str, Any]:
    return {
        "arn": dataset.arn,
        "type": dataset.type,
        "status": dataset.status,
        "source_refs": [dataset.entries[position].source_ref for position in range(len(dataset.entries))],
        "being_deleted": dataset.status == "DELETE_IN_PROGRESS",
    }
