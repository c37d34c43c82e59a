"""Fixtures of the end-to-end tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.aws import LocalAws
from tests.support.executions import Subscriber, read_records
from tests.support.queues import create_queue
from tests.support.unique import unique
from tests.workflow.notifications.messages import DOCUMENTED_RULE, ReceiveEvents, create_rule, receive_bodies


@pytest.fixture
def address(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[str]:
    """An e-mail address that is subscribed to the topic during the test."""
    subscribed = f"{unique('reader')}@example.com"
    sns = local_aws.client("sns")
    subscription = sns.subscribe(
        TopicArn=stack["TopicArn"], Protocol="email", Endpoint=subscribed, ReturnSubscriptionArn=True
    )
    yield subscribed
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])


@pytest.fixture
def subscriber_of_project(local_aws: LocalAws, stack: dict[str, str], project: str) -> Iterator[Subscriber]:
    """A subscriber to what is said about the project. A sweep also notifies of endings that other tests have left."""
    subscriber = Subscriber(local_aws, stack["TopicArn"], {"project": [project.split("/")[1]]})
    yield subscriber
    subscriber.unsubscribe()


@pytest.fixture
def receive_events(local_aws: LocalAws) -> ReceiveEvents:
    """Returns a function that receives the completion events since the last call."""
    queue, arn = create_queue(local_aws, "events.amazonaws.com")
    create_rule(local_aws, {"source": DOCUMENTED_RULE["source"]}, arn)
    return lambda: receive_bodies(local_aws, queue)


@pytest.fixture
def read_history(local_aws: LocalAws, stack: dict[str, str], project: str) -> Any:
    """Returns a function that queries the records of the project: of each pair the latest, then the earlier ones."""
    return lambda: read_records(local_aws, stack["RecordsTable"], project.split("/")[1])


@pytest.fixture
def read_record(read_history: Any) -> Any:
    """Returns a function that reads the latest record of a project with one pair; empty when there is none."""
    return lambda: next(iter(read_history()), {})
