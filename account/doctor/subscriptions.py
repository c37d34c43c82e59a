"""Does anybody receive the notifications and the alarms?"""

from collections.abc import Iterator
from typing import NamedTuple

from account.deployed_stack import DeployedStack
from account.doctor.finding import Finding, good, wrong

PENDING = "PendingConfirmation"  # in place of the subscription's ARN
TOPICS = {"TopicArn": "outcomes", "AlarmTopicArn": "alarms"}


class Subscription(NamedTuple):
    """What is subscribed to a topic."""

    endpoint: str
    confirmed: bool


def check_subscriptions(stack: DeployedStack) -> Iterator[Finding]:
    """One finding for each topic. The topic for a chat channel needs no subscription."""
    for output, subject in TOPICS.items():
        if topic := stack.outputs.get(output):
            yield judge(subject, _read_subscriptions(stack, topic))


def judge(subject: str, subscriptions: list[Subscription]) -> Finding:
    """The finding about the topic for this subject."""
    waiting = [each.endpoint for each in subscriptions if not each.confirmed]
    if waiting:
        return wrong(
            f"Not confirmed for {subject}: {', '.join(waiting)}. Confirm by the link in the e-mail. SNS deletes a "
            "subscription that stays unconfirmed; subscribe again if the link does not work any more."
        )
    if not subscriptions:
        return wrong(f"Nobody receives {subject}. Deploy with --context email=ADDRESS, or subscribe to the topic.")
    return good(f"{len(subscriptions)} confirmed for {subject}: {', '.join(each.endpoint for each in subscriptions)}.")


def _read_subscriptions(stack: DeployedStack, topic: str) -> list[Subscription]:
    pages = stack.client("sns").get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
    return [
        Subscription(each["Endpoint"], each["SubscriptionArn"] != PENDING)
        for page in pages
        for each in page["Subscriptions"]
    ]
