"""What a function prints is in its log group if its role may write there, and its metrics in CloudWatch then."""

import io
import json
import time
import zipfile
from typing import Any

import pytest

from local.aws import LocalAws
from tests.test_machine_settings import role_for
from tests.test_redrive import unique

CODE = "import json\n\ndef handler(event, context):\n    print(json.dumps(event))\n"
WRITE = ["logs:CreateLogStream", "logs:PutLogEvents"]


def printed(aws: LocalAws, actions: list[str], event: dict[str, Any], *, group: bool = True, **more: Any) -> list[str]:
    """The lines in the log group of a function whose role may do this, after it has printed the event."""
    functions, logs, name, archive = aws.client("lambda"), aws.client("logs"), unique("function"), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("code_.py", CODE)
    if group:
        logs.create_log_group(logGroupName=f"/aws/lambda/{name}")
    role, code = role_for(aws, actions), {"ZipFile": archive.getvalue()}
    functions.create_function(
        FunctionName=name, Runtime="python3.14", Role=role, Handler="code_.handler", Code=code, Timeout=30, **more
    )
    functions.invoke(FunctionName=name, Payload=json.dumps(event))
    found = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{name}")["logGroups"]
    return [
        line["message"]
        for each in found
        for line in logs.filter_log_events(logGroupName=each["logGroupName"])["events"]
    ]


@pytest.mark.parametrize(("actions", "written"), [(WRITE, True), (WRITE[:1], False), (WRITE[1:], False)])
def test_the_role_must_be_allowed_to_write(local_aws: LocalAws, actions: list[str], written: bool) -> None:
    assert ('{"a": 1}' in printed(local_aws, actions, {"a": 1})) is written


def test_it_must_be_allowed_to_create_a_group_that_is_not_there(local_aws: LocalAws) -> None:
    assert printed(local_aws, WRITE, {"a": 1}, group=False) == []
    assert '{"a": 1}' in printed(local_aws, [*WRITE, "logs:CreateLogGroup"], {"a": 1}, group=False)


@pytest.mark.parametrize("actions", [WRITE, WRITE[:1]])
def test_metrics_in_the_log_are_metrics(local_aws: LocalAws, actions: list[str]) -> None:
    namespace, cloudwatch = unique("namespace"), local_aws.client("cloudwatch")
    directive = {
        "Namespace": namespace,
        "Dimensions": [["service"], ["service", "kind"]],
        "Metrics": [{"Name": "Moved", "Unit": "Count"}, {"Name": "Seconds", "Unit": "Seconds"}],
    }
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    printed(local_aws, actions, {"_aws": about, "service": "s", "kind": "k", "Moved": [38], "Seconds": 1.5})
    metrics = cloudwatch.list_metrics(Namespace=namespace)["Metrics"]
    if actions != WRITE:
        assert metrics == []
        return
    assert len(metrics) == 4
    found = cloudwatch.get_metric_statistics(
        Namespace=namespace,
        MetricName="Moved",
        Dimensions=[{"Name": "service", "Value": "s"}],
        StartTime=time.time() - 600,
        EndTime=time.time() + 60,
        Period=3600,
        Statistics=["Sum"],
    )
    assert [each["Sum"] for each in found["Datapoints"]] == [38]


def test_what_is_not_in_the_format_is_a_line_of_the_log(local_aws: LocalAws) -> None:
    about = {"Timestamp": "x", "CloudWatchMetrics": [{"Namespace": "n"}]}
    assert any("CloudWatchMetrics" in line for line in printed(local_aws, WRITE, {"_aws": about}))
