"""A function logs what it prints if its role may; then CloudWatch gets its metrics."""

import queue
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest

from local.aws import LocalAws
from local.ministack_patches.lambda_functions.whole_logs import take_lines
from tests.support.functions import print_and_read_log
from tests.support.telemetry import read_points
from tests.support.unique import unique

WRITE = ["logs:CreateLogStream", "logs:PutLogEvents"]


@pytest.mark.parametrize(("actions", "written"), [(WRITE, True), (WRITE[:1], False), (WRITE[1:], False)])
def test_a_function_logs_only_if_its_role_may(local_aws: LocalAws, actions: list[str], written: bool) -> None:
    assert ('{"a": 1}' in print_and_read_log(local_aws, actions, {"a": 1})) is written


def test_the_role_must_be_allowed_to_create_a_missing_group(local_aws: LocalAws) -> None:
    assert print_and_read_log(local_aws, WRITE, {"a": 1}, group=False) == []
    assert '{"a": 1}' in print_and_read_log(local_aws, [*WRITE, "logs:CreateLogGroup"], {"a": 1}, group=False)


def metrics_of(namespace: str) -> dict[str, Any]:
    """An event with two metrics, each with two sets of dimensions."""
    directive = {
        "Namespace": namespace,
        "Dimensions": [["service"], ["service", "kind"]],
        "Metrics": [{"Name": "Moved", "Unit": "Count"}, {"Name": "Seconds", "Unit": "Seconds"}],
    }
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}
    return {"_aws": about, "service": "s", "kind": "k", "Moved": [38], "Seconds": 1.5}


def test_metrics_in_the_log_are_metrics(local_aws: LocalAws) -> None:
    namespace = unique("namespace")
    print_and_read_log(local_aws, WRITE, metrics_of(namespace))
    assert len(local_aws.client("cloudwatch").list_metrics(Namespace=namespace)["Metrics"]) == 4
    assert [point["Sum"] for point in read_points(local_aws, namespace, "Moved", service="s", kind="k")] == [38]


def test_metrics_that_may_not_be_logged_are_not_counted(local_aws: LocalAws) -> None:
    namespace = unique("namespace")
    print_and_read_log(local_aws, WRITE[:1], metrics_of(namespace))
    assert local_aws.client("cloudwatch").list_metrics(Namespace=namespace)["Metrics"] == []


@pytest.mark.parametrize("about", [{"Timestamp": "x", "CloudWatchMetrics": [{"Namespace": "n"}]}, 5, None])
def test_a_line_in_another_format_stays_in_the_log(local_aws: LocalAws, about: object) -> None:
    assert any("_aws" in line for line in print_and_read_log(local_aws, WRITE, {"_aws": about}))


def test_lines_that_no_thread_has_read_yet_are_taken() -> None:
    code = "print('first'); print(); print('last', end='')"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as process:
        process.wait()
        worker = SimpleNamespace(_proc=process, _stderr_queue=queue.Queue())
        assert (take_lines(worker), take_lines(worker)) == ("first\n\nlast", "")


def test_a_long_log_is_whole(local_aws: LocalAws) -> None:
    event = {"line": "x" * 500_000}
    assert max(map(len, print_and_read_log(local_aws, WRITE, event))) > 500_000
