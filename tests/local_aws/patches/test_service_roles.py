"""A task that puts events does so under its role; a rule needs the policy of the queue that it sends to."""

import json

import pytest

from local.aws import ACCOUNT, REGION, LocalAws
from local.queues import create_queue
from tests.support.machines import SUCCEED, Machine, task
from tests.support.roles import allow_policy
from tests.support.topics import create_topic_for
from tests.support.unique import unique


@pytest.mark.parametrize(("source", "status"), [("mine", "SUCCEEDED"), ("others", "FAILED")])
def test_a_task_puts_events_of_the_source_that_its_role_may(local_aws: LocalAws, source: str, status: str) -> None:
    entry = {"Source": source, "DetailType": "x", "Detail": {}}
    machine = Machine(local_aws, {"Put": task("events:putEvents", {"Entries": [entry]}, Next="Done"), **SUCCEED})
    condition = {"StringEquals": {"events:source": "mine", "events:detail-type": ["x", "y"]}}
    machine.role.allow({"Action": "events:PutEvents", "Condition": condition})
    ended = machine.describe(machine.run())
    assert ended["status"] == status
    assert ended.get("error") == ("EventBridge.AccessDeniedException" if status == "FAILED" else None)


@pytest.mark.parametrize(("source", "received"), [("rule/*", 1), ("rule/other", 0)])
def test_a_rule_needs_the_policy_of_its_queue_and_of_its_dead_letter_queue(
    local_aws: LocalAws, source: str, received: int
) -> None:
    """Of two targets, one is a queue; the other a topic that nobody lets the rule publish to."""
    events, sqs, name = local_aws.client("events"), local_aws.client("sqs"), unique("rule")
    queues = [create_queue(local_aws, "events.amazonaws.com") for _ in range(2)]
    for url, arn in queues:
        condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:{source}"}}
        send = {"Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": allow_policy({**send, "Condition": condition})})
    topic = create_topic_for(local_aws, "cloudwatch.amazonaws.com", {})
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    (queue, queue_arn), (dead, dead_arn) = queues
    topic_target = {"Id": "topic", "Arn": topic, "DeadLetterConfig": {"Arn": dead_arn}}
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}, topic_target])
    events.put_events(Entries=[{"Source": name, "DetailType": "x", "Detail": "{}"}])
    for url in (queue, dead):
        assert len(sqs.receive_message(QueueUrl=url).get("Messages", [])) == received
    events.remove_targets(Rule=name, Ids=["queue", "topic"])
