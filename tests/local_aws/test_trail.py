"""Events of API calls arrive only while a trail logs them."""

import json
from typing import Any

import pytest

from local.aws import LocalAws
from local.trail import NAME
from tests.support.queues import create_queue
from tests.support.unique import unique


@pytest.mark.usefixtures("events")
def test_no_event_arrives_without_a_trail(local_aws: LocalAws, rekognition: Any) -> None:
    local_aws.configure(event_delay_seconds=0)
    rules, (queue, arn), rule = (
        local_aws.client("events"),
        create_queue(local_aws, "events.amazonaws.com"),
        unique("calls"),
    )
    rules.put_rule(Name=rule, EventPattern=json.dumps({"detail": {"eventName": ["CreateProject"]}}))
    rules.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": arn}])
    first, second = unique("unlogged"), unique("logged")
    local_aws.client("cloudtrail").stop_logging(Name=NAME)
    rekognition.create_project(ProjectName=first)
    local_aws.client("cloudtrail").start_logging(Name=NAME)
    rekognition.create_project(ProjectName=second)
    (message,) = local_aws.client("sqs").receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=5)[
        "Messages"
    ]
    assert second in message["Body"]
    rules.remove_targets(Rule=rule, Ids=["queue"])
    rules.delete_rule(Name=rule)
