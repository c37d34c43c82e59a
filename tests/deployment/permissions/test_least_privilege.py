"""The template grants nothing that is not needed: without any single grant, a promise breaks.

Each test removes one action of one statement from the template, deploys the rest as an update through CloudFormation,
and checks that the promise in the table breaks. Before and after, every promise holds with the whole template.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.settings import Settings
from local.aws import LocalAws
from tests.deployment.permissions import behaviours, sweeps
from tests.deployment.permissions.behaviours import Deployment
from tests.deployment.permissions.reduced_template import grants, of_role, remove_grant
from tests.support.executions import Executions
from tests.support.stacks import NAME_PREFIX
from tests.support.workbench import Workbench
from tools.docs.grants import Grant, Template, plain
from tools.docs.template import synthesize

TEMPLATE: Template = synthesize(Settings(stack_name=NAME_PREFIX))
Promise = Callable[[Deployment], None]
PROMISES: tuple[Promise, ...] = (*behaviours.PROMISES, *sweeps.PROMISES)


def named(grant: Grant) -> str:
    """The test's id, such as Workflow-kms:Decrypt-sns: owner, action and, where they differ, service or resource."""
    several = isinstance(grant.statement.get("Resource"), list) and of_role(grant)
    several |= grant.action == "states:StartExecution"
    on = re.findall(r"'(\w+)[0-9A-F]{8}'", str(grant.resource)) if several else []
    details = [grant.statement.get("Sid", "") if not of_role(grant) else "", grant.via, *on]
    words = [plain(grant.owner).removesuffix("Role"), grant.action]
    return "-".join([*words, *filter(None, details)])


# The promise that breaks without a grant. For all other grants it is distribute_by_event.
BROKEN: list[tuple[str, Promise]] = [
    (r"FunctionsClaimPair-(dynamodb:PutItem|states:DescribeExecution)", behaviours.take_over_pair),
    (r"FunctionsReportOutcome-states:DescribeExecution", behaviours.notify_of_failure),
    (r"(Workflow|Sweep)-logs:", behaviours.deploy_and_destroy),
    (r"FunctionsResolveDatasets-rekognition:ListDatasetLabels", behaviours.count_labels_in_dry_run),
    (
        r"FunctionsListEndings-states:|Sweep-lambda:InvokeFunction-Functions(ListEndings|NotifyEnding)",
        sweeps.sweep_lost_ending,
    ),
    (r"FunctionsNotifyEnding-(sqs:|kms:.*-sqs)", behaviours.queue_failed_ending),
    (r"FunctionsNotifyEnding", behaviours.notify_of_abort),
    (r"FunctionsExamineProject-states:DescribeExecution", sweeps.sweep_after_an_abort),
    (r"Sweep-states:StartExecution-.*SweepStateMachine", sweeps.sweep_the_rest),
    (r"Schedule-(sqs|kms):", sweeps.queue_undelivered_sweep),
    (r"Schedule-|Sweep-|Functions(ListProjects|ExamineProject|ListEndings|ReportSweep)-", sweeps.sweep_by_schedule),
    (r"Key-.*-Alarms|OperationsTopic-", behaviours.send_alarm),
    (r"Key-.*-Rules|TriggerUndeliveredQueue-", behaviours.queue_undelivered_event),
    (r"WatchUndeliveredQueue-", behaviours.queue_undelivered_ending),
    (r"CustomS3AutoDelete.*s3:GetBucketTagging", behaviours.retain_bucket),
    (r"Key-.*-Logs|ReportsBucket-|CustomS3AutoDelete", behaviours.deploy_and_destroy),
]


def broken_without(grant: Grant) -> Promise:
    found = (promise for pattern, promise in BROKEN if re.match(pattern, named(grant)))
    return next(found, behaviours.distribute_by_event)


def name_of(promise: Promise) -> str:
    return promise.__name__


@pytest.fixture(scope="module")
def deployment(
    stack: dict[str, str], local_aws: LocalAws, executions: Executions, rekognition: Any, s3: Any, bucket: str
) -> Iterator[Deployment]:
    """A deployment with the assets of the stack of all tests, whose rule is disabled meanwhile."""
    rule = rule_of(stack, local_aws)
    events = local_aws.client("events")
    events.disable_rule(Name=rule)
    deployment = Deployment(Workbench(local_aws, rekognition, s3, bucket), executions, TEMPLATE)
    yield deployment
    deployment.update(TEMPLATE)
    deployment.delete()
    events.enable_rule(Name=rule)


def rule_of(stack: dict[str, str], aws: LocalAws) -> str:
    """The name of the rule that starts executions of the deployed stack."""
    events = aws.client("events")
    names = events.list_rules()["Rules"]
    (name,) = [
        rule["Name"]
        for rule in names
        for target in events.list_targets_by_rule(Rule=rule["Name"])["Targets"]
        if target["Arn"] == stack["StateMachineArn"]
    ]
    return str(name)


@pytest.mark.parametrize("promise", PROMISES, ids=name_of)
def test_whole_template_keeps_the_promise(deployment: Deployment, promise: Promise) -> None:
    promise(deployment)


@pytest.mark.parametrize("grant", grants(TEMPLATE), ids=named)
def test_promise_breaks_without_the_grant(deployment: Deployment, grant: Grant) -> None:
    """A TimeoutError is no proof: only an AssertionError passes."""
    deployment.update(remove_grant(TEMPLATE, grant))
    with pytest.raises(AssertionError):
        broken_without(grant)(deployment)


@pytest.mark.parametrize("promise", PROMISES, ids=name_of)
def test_whole_template_keeps_the_promise_afterwards(deployment: Deployment, promise: Promise) -> None:
    deployment.update(TEMPLATE)
    promise(deployment)
