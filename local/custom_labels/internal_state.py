"""What is true inside the service, for tests: not what its API shows, which may be late or left out."""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from local.custom_labels.account import Holdings
from local.custom_labels.datasets import Dataset


def describe_truth(all_holdings: Iterable[Holdings]) -> dict[str, Any]:
    """`projects`, each with its datasets, by ARN; datasets that are `deleted`; and the accepted `distributions`."""
    holdings = list(all_holdings)
    return {
        "projects": {
            project.arn: [_describe(dataset) for dataset in each.datasets_of(project)]
            for each in holdings
            for project in each.projects.values()
        },
        "deleted": [_describe(dataset) for each in holdings for dataset in each.deleted],
        "distributions": [asdict(distribution) for each in holdings for distribution in each.distributions],
    }


def _describe(dataset: Dataset) -> dict[str, Any]:
    return {
        "arn": dataset.arn,
        "type": dataset.type,
        "status": dataset.status,
        "source_refs": [dataset.entries[position].source_ref for position in range(len(dataset.entries))],
        "being_deleted": dataset.status == "DELETE_IN_PROGRESS",
    }
