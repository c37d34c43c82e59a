"""Do the account's quotas leave room?"""

from collections.abc import Iterator
from itertools import islice

from account.deployed_stack import DeployedStack
from account.doctor.finding import Finding, good, note

# "Amazon Rekognition endpoints and quotas", AWS General Reference: the default, which AWS can raise.
PROJECTS = 100
NEARLY = 0.9
# New accounts may begin with so few ("Lambda quotas", AWS Lambda Developer Guide).
FEW_AT_ONCE = 10


def check_quotas(stack: DeployedStack) -> Iterator[Finding]:
    """One finding about functions at once, one about projects."""
    limits = stack.client("lambda").get_account_settings()["AccountLimit"]
    yield judge_concurrency(limits["UnreservedConcurrentExecutions"])
    pages = stack.client("rekognition").get_paginator("describe_projects").paginate()
    projects = (project for page in pages for project in page["ProjectDescriptions"])
    yield judge_projects(sum(1 for _ in islice(projects, 10 * PROJECTS)))


def judge_concurrency(at_once: int) -> Finding:
    """`at_once`: how many invocations Lambda runs at a time for functions without a share of their own."""
    if at_once > FEW_AT_ONCE:
        return good(f"Lambda runs up to {at_once} functions at once.")
    return note(
        f"Lambda runs only {at_once} functions at once. Executions retry and take longer while others use them. Ask "
        f"for "
        "more in Service Quotas: AWS Lambda, Concurrent executions."
    )


def judge_projects(count: int) -> Finding:
    """`count`: the Custom Labels projects of the Region."""
    if count < NEARLY * PROJECTS:
        return good(f"{count} Custom Labels projects; AWS's default quota is {PROJECTS}.")
    return note(f"{count} Custom Labels projects; AWS's default quota is {PROJECTS}. Ask for more in Service Quotas.")
