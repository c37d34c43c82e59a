"""A task that puts metrics does so under its role; a rule needs the policy of the queue that it sends to."""

import json
import time

import pytest

from local.aws import ACCOUNT, REGION, LocalAws
from local.queues import create_queue
from tests.test_emulator import topic_for
from tests.test_redrive import ENDING, Machine, task, unique


@pytest.mark.parametrize("allowed", [True, False])
def test_a_task_puts_metrics_into_the_namespace_that_its_role_may(local_aws: LocalAws, allowed: bool) -> None:
    namespace, cloudwatch = unique("namespace"), local_aws.client("cloudwatch")
    dimensions = [{"Name": "Outcome", "Value": "DISTRIBUTED"}]
    datum = {"MetricName": "Ended", "Dimensions": dimensions, "Value": "{% 40 + 2 %}", "Unit": "Count"}
    put = task("aws-sdk:cloudwatch:putMetricData", {"Namespace": namespace, "MetricData": [datum]}, Next="Done")
    machine = Machine(local_aws, {"Put": put, **ENDING})
    condition = {"StringEquals": {"cloudwatch:namespace": namespace if allowed else "other"}}
    statement = {"Effect": "Allow", "Action": "cloudwatch:PutMetricData", "Resource": "*", "Condition": condition}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    local_aws.client("iam").put_role_policy(RoleName=machine.role, PolicyName="q", PolicyDocument=document)
    ended = machine.describe(machine.run())
    if not allowed:
        assert ended["error"] == "CloudWatch.AccessDeniedException"
        assert cloudwatch.list_metrics(Namespace=namespace)["Metrics"] == []
        return
    assert ended["status"] == "SUCCEEDED", ended
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName="Ended",
        Dimensions=dimensions,
        StartTime=time.time() - 600,
        EndTime=time.time() + 60,
        Period=3600,
        Statistics=["Sum"],
    )
    assert [(each["Sum"], each["Unit"]) for each in found["Datapoints"]] == [(42, "Count")]


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
        statement = {"Effect": "Allow", "Condition": condition, **send}
        policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    topic = topic_for(local_aws, "cloudwatch.amazonaws.com", {})
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    (queue, queue_arn), (dead, dead_arn) = queues
    topic_target = {"Id": "topic", "Arn": topic, "DeadLetterConfig": {"Arn": dead_arn}}
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}, topic_target])
    events.put_events(Entries=[{"Source": name, "DetailType": "x", "Detail": "{}"}])
    for url in (queue, dead):
        messages = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", [])
        assert len(messages) == received
    events.remove_targets(Rule=name, Ids=["queue", "topic"])
