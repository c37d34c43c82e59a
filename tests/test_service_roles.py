"""A task that puts metrics does so under its role; a rule needs the policy of the queue that it sends to."""

import json
from typing import Any

import pytest

from local.aws import ACCOUNT, REGION, LocalAws
from local.queues import create_queue
from tests.machines import ENDING, Machine, task
from tests.roles import allowing
from tests.telemetry import points
from tests.topics import topic_for
from tests.unique import unique


def put_42(aws: LocalAws, namespace: str, allowed: str) -> dict[str, Any]:
    """What describes an execution that has put a metric into the namespace; its role may into the allowed one."""
    dimensions = [{"Name": "Outcome", "Value": "DISTRIBUTED"}]
    datum = {"MetricName": "Ended", "Dimensions": dimensions, "Value": "{% 40 + 2 %}", "Unit": "Count"}
    put = task("aws-sdk:cloudwatch:putMetricData", {"Namespace": namespace, "MetricData": [datum]}, Next="Done")
    machine = Machine(aws, {"Put": put, **ENDING})
    condition = {"StringEquals": {"cloudwatch:namespace": allowed}}
    machine.role.allow({"Action": "cloudwatch:PutMetricData", "Condition": condition})
    return machine.describe(machine.run())


def test_a_task_puts_metrics_into_the_namespace_that_its_role_may(local_aws: LocalAws) -> None:
    namespace = unique("namespace")
    ended = put_42(local_aws, namespace, allowed=namespace)
    assert ended["status"] == "SUCCEEDED", ended
    found = points(local_aws, namespace, "Ended", Outcome="DISTRIBUTED")
    assert [(point["Sum"], point["Unit"]) for point in found] == [(42, "Count")]


def test_a_task_puts_no_metrics_into_another_namespace(local_aws: LocalAws) -> None:
    namespace = unique("namespace")
    assert put_42(local_aws, namespace, allowed="other")["error"] == "CloudWatch.AccessDeniedException"
    assert local_aws.client("cloudwatch").list_metrics(Namespace=namespace)["Metrics"] == []


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
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": allowing({**send, "Condition": condition})})
    topic = topic_for(local_aws, "cloudwatch.amazonaws.com", {})
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    (queue, queue_arn), (dead, dead_arn) = queues
    topic_target = {"Id": "topic", "Arn": topic, "DeadLetterConfig": {"Arn": dead_arn}}
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}, topic_target])
    events.put_events(Entries=[{"Source": name, "DetailType": "x", "Detail": "{}"}])
    for url in (queue, dead):
        assert len(sqs.receive_message(QueueUrl=url).get("Messages", [])) == received
    events.remove_targets(Rule=name, Ids=["queue", "topic"])
