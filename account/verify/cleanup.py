"""What the kit has made in the account, of this run and of earlier ones, and its removal."""

from collections.abc import Callable
from typing import NamedTuple

from account.session import Account
from account.verify import equipment
from account.verify.cdk import STACK
from account.verify.lab import ACCEPTED, PREFIX, Clock, Lab, in_progress, refusal

PATIENCE = 1800.0  # seconds


class Remains(NamedTuple):
    """Names of stacks, and ARNs of projects."""

    stacks: list[str]
    projects: list[str]


def find_remains(account: Account) -> Remains:
    """Everything whose name says that the kit made it."""
    pages = account.client("cloudformation").get_paginator("describe_stacks").paginate()
    stacks = [stack["StackName"] for page in pages for stack in page["Stacks"]]
    projects = account.client("rekognition").get_paginator("describe_projects").paginate()
    arns = [project["ProjectArn"] for page in projects for project in page["ProjectDescriptions"]]
    return Remains(
        [name for name in stacks if name == STACK or name.startswith(PREFIX)],
        [arn for arn in arns if arn.split("/")[1].startswith(PREFIX)],
    )


def remove(account: Account, remains: Remains, clock: Clock, report: Callable[[str], None]) -> None:
    """Delete the projects with their datasets, then the stacks."""
    lab = Lab(client=account.client, bucket="", run="", clock=clock)
    if remains.projects:
        report(f"Deleting {len(remains.projects)} projects")
        waiting = list(remains.projects)
        lab.wait_until(lambda: not _delete(lab, waiting), PATIENCE)
    for name in remains.stacks:
        report(f"Deleting the stack {name}")
        equipment.delete(account, name)


def _delete(lab: Lab, waiting: list[str]) -> list[str]:
    """Take the projects off the list that are deleted now.

    A dataset that is changing, or being deleted, refuses its deletion or that of its project for a while.
    """
    for project in list(waiting):
        found = lab.rekognition.describe_projects(ProjectNames=[project.split("/")[1]])["ProjectDescriptions"]
        datasets = [dataset for each in found for dataset in each["Datasets"]]
        for dataset in datasets:
            if not in_progress(dataset):
                refusal(lab.rekognition.delete_dataset, DatasetArn=dataset["DatasetArn"])
        if not found or (not datasets and refusal(lab.rekognition.delete_project, ProjectArn=project) == ACCEPTED):
            waiting.remove(project)
    return waiting
