"""How the processes of Python functions start and end."""

import json
import os
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local.aws import LocalAws
from tests.support.functions import create_function
from tests.support.telemetry import read_log_lines

# What was imported before the function was.
CODE = """
import sys
IMPORTED = "boto3" in sys.modules
import os, random, signal, socket, time

def handler(event, context):
    if "exit" in event:
        os._exit(event["exit"])
    if "kill" in event:
        os.kill(os.getppid(), signal.SIGKILL)
    if "port" in event:
        with socket.create_connection(("127.0.0.1", event["port"])) as connection:
            connection.recv(1)
    return {"id": os.getpid(), "imported": IMPORTED, "random": random.random(), "zone": time.tzname[0]}
"""
SLOW_START = """
import contextlib, os, socket

with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", {port})) as connection:
    connection.recv(1)

def handler(event, context):
    print("process", os.getpid())
"""


def function(aws: LocalAws, **variables: str) -> str:
    """The name of a new function with these variables in its environment."""
    return create_function(aws, [], code=CODE, group=False, Environment={"Variables": variables})[0]


def invoke(aws: LocalAws, name: str, **event: Any) -> Any:
    """The payload of the answer."""
    return json.load(aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))["Payload"])


def invoke_together(aws: LocalAws, name: str, count: int, **event: Any) -> list[Any]:
    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(lambda _: invoke(aws, name, **event), range(count)))


def test_a_process_finds_the_sdk_imported(local_aws: LocalAws) -> None:
    assert invoke(local_aws, function(local_aws))["imported"]


def test_a_process_has_the_time_zone_of_its_own_environment(local_aws: LocalAws) -> None:
    assert invoke(local_aws, function(local_aws, TZ="XYZ3"))["zone"] == "XYZ"
    assert invoke(local_aws, function(local_aws))["zone"] == "UTC"


def test_a_process_that_exits_is_replaced(local_aws: LocalAws) -> None:
    name = function(local_aws)
    first = invoke(local_aws, name)
    ended = invoke(local_aws, name, exit=3)
    assert ended["errorType"] == "Runtime.ExitError"
    assert ended["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")
    second = invoke(local_aws, name)
    assert second["id"] != first["id"]
    assert second["random"] != first["random"]


def test_functions_start_after_the_process_that_forks_was_killed(local_aws: LocalAws) -> None:
    name, other = function(local_aws), function(local_aws)
    invoke(local_aws, name, kill=True)
    assert invoke(local_aws, other)["imported"]
    assert invoke(local_aws, name)["imported"]


def test_waiting_invocations_take_the_process_that_becomes_free(local_aws: LocalAws) -> None:
    """No process starts before the test lets it, and no more start than the machine has processors."""
    processors = os.cpu_count() or 1
    with socket.create_server(("127.0.0.1", 0), backlog=8 * processors) as server:
        code = SLOW_START.format(port=server.getsockname()[1])
        name, _ = create_function(local_aws, ["logs:CreateLogStream", "logs:PutLogEvents"], code=code)
        for _ in range(8 * processors):
            local_aws.client("lambda").invoke(FunctionName=name, InvocationType="Event")
        starting = [server.accept()[0] for _ in range(processors)]
    for connection in starting:
        connection.close()
    local_aws.wait_until_idle()
    served = read_log_lines(local_aws, f"/aws/lambda/{name}", "process")
    assert len(served) == 8 * processors
    assert len(set(served)) < len(served)


def test_invocations_that_wait_for_one_another_have_a_process_each(local_aws: LocalAws) -> None:
    many = 4 * (os.cpu_count() or 1)
    with ThreadPoolExecutor(1) as thread, socket.create_server(("127.0.0.1", 0), backlog=many) as server:
        name = function(local_aws)
        invoked = thread.submit(invoke_together, local_aws, name, many, port=server.getsockname()[1])
        connections = [server.accept()[0] for _ in range(many)]
        for connection in connections:
            with connection:
                connection.send(b" ")
        assert len({answer["id"] for answer in invoked.result()}) == many
