"""Fixtures of the end-to-end tests."""

from collections.abc import Iterator

import pytest

from local.aws import LocalAws
from local.queues import create_queue
from tests.support.unique import unique
from tests.workflow.notifications import RULE, Waiting, receive, with_rule


@pytest.fixture
def address(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[str]:
    """One that is subscribed to the topic."""
    given = f"{unique('reader')}@example.com"
    sns = local_aws.client("sns")
    subscription = sns.subscribe(
        TopicArn=stack["TopicArn"], Protocol="email", Endpoint=given, ReturnSubscriptionArn=True
    )
    yield given
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])


@pytest.fixture
def caught(local_aws: LocalAws) -> Waiting:
    """The completion events that a rule of the default bus has caught."""
    queue, arn = create_queue(local_aws, "events.amazonaws.com")
    with_rule(local_aws, {"source": RULE["source"]}, arn)
    return lambda: receive(local_aws, queue)
