"""A task that puts metrics does so under its role."""

import json
import time

import pytest

from local.aws import LocalAws
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
