"""Nothing is granted that nothing needs: without any one thing that the template grants, something fails.

Each test deploys the synthesized template less one action of one statement through CloudFormation, as an update of the
template before it, and sees the promise broken that the table names. With the whole template, before and after, every
promise is kept.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.settings import Settings
from local.aws import LocalAws
from tests.deployment import behaviours
from tests.deployment.behaviours import PROMISES, Deployment
from tests.deployment.reduced_template import grants, of_role, without
from tests.support.executions import Executions
from tests.support.stacks import NAME_PREFIX
from tests.support.workbench import Workbench
from tools.docs.grants import Grant, Template, plain
from tools.docs.template import synthesize

TEMPLATE: Template = synthesize(Settings(stack_name=NAME_PREFIX))
Promise = Callable[[Deployment], None]


def named(grant: Grant) -> str:
    """Such as Workflow-kms:Decrypt-sns: who, may what, through or on what where it differs."""
    several = isinstance(grant.statement.get("Resource"), list) and of_role(grant)
    on = re.findall(r"'(\w+)[0-9A-F]{8}'", str(grant.resource)) if several else []
    details = [grant.statement.get("Sid", "") if not of_role(grant) else "", grant.via, *on]
    words = [plain(grant.owner).removesuffix("Role"), grant.action]
    return "-".join([*words, *filter(None, details)])


# Which promise is broken without it; without what no line names, it is the whole way from an event to its success.
BROKEN: list[tuple[str, Promise]] = [
    (r"FunctionsClaimPair-(dynamodb:PutItem|states:DescribeExecution)", behaviours.take_over),
    (r"FunctionsReportOutcome-states:DescribeExecution", behaviours.tell_of_a_failure),
    (r"Workflow-logs:", behaviours.deploy_and_destroy),
    (r"FunctionsResolveDatasets-rekognition:ListDatasetLabels", behaviours.rehearse),
    (r"Watch-", behaviours.tell_of_an_abort),
    (r"Key-.*-Alarms|OperationsTopic-", behaviours.raise_an_alarm),
    (r"Key-.*-Rules|TriggerUndeliveredQueue-", behaviours.keep_an_event),
    (r"WatchUndeliveredQueue-", behaviours.keep_an_end),
    (r"CustomS3AutoDelete.*s3:GetBucketTagging", behaviours.keep_from_now_on),
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
    """The assets are those that the CDK CLI has published with the stack of all tests, which hears no events now."""
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
def test_with_all_of_it_everything_works(deployment: Deployment, promise: Promise) -> None:
    promise(deployment)


@pytest.mark.parametrize("grant", grants(TEMPLATE), ids=named)
def test_without_it_a_promise_is_broken(deployment: Deployment, grant: Grant) -> None:
    """What does not come in time proves nothing: it is a TimeoutError."""
    deployment.update(without(TEMPLATE, grant))
    with pytest.raises(AssertionError):
        broken_without(grant)(deployment)


@pytest.mark.parametrize("promise", PROMISES, ids=name_of)
def test_with_all_of_it_again_everything_works_again(deployment: Deployment, promise: Promise) -> None:
    deployment.update(TEMPLATE)
    promise(deployment)
