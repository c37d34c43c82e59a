"""Fixtures of the end-to-end tests."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.aws import LocalAws
from local.queues import create_queue
from tests.support.executions import read_records
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


@pytest.fixture
def history(local_aws: LocalAws, stack: dict[str, str], project: str) -> Any:
    """The records of the project, as a query finds them: for each pair the latest, then the earlier ones."""
    return lambda: read_records(local_aws, stack["RecordsTable"], project.split("/")[1])


@pytest.fixture
def record(history: Any) -> Any:
    """The latest record, where the project has but one pair."""
    return lambda: next(iter(history()), {})
