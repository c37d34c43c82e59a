"""Each process of a function has credentials of its own, as on AWS: a call tells which process made it.

MiniStack gives all processes of a function the same. When one ends too early, it says so in words of its own.
"""

import os
import signal
import uuid
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

INVOCATIONS = "AWS_LAMBDA_RUNTIME_API"  # the address where a process gets its invocations, each its own

_addresses: dict[str, str] = {}  # by access key id


def install() -> None:
    """Give processes their credentials, and their early ends AWS's words."""
    lambda_svc._provided_worker_env = _with_own_credentials(lambda_svc._provided_worker_env)
    worker = lambda_runtime.ProvidedWorker
    worker._teardown = _remembering_exit(worker._teardown)
    worker.invoke = _telling_exit(worker.invoke)


def is_function(access_key_id: str) -> bool:
    """Whether these are the credentials of a function's process."""
    return access_key_id in _addresses


def kill(access_key_id: str) -> None:
    """Kill the function's process that has these credentials."""
    with lambda_runtime._lock:
        workers = [worker for pool in lambda_runtime._workers.values() for worker in pool]
    for worker in workers:
        server = getattr(worker, "_server", None)  # those of Node.js have none
        if server and "{}:{}".format(*server.server_address) == _addresses[access_key_id]:
            os.kill(worker._proc.pid, signal.SIGKILL)


def _with_own_credentials(original: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
    def worker_env(*arguments: Any) -> dict[str, str]:
        environment = original(*arguments)
        key = f"ASIA{uuid.uuid4().hex[:16].upper()}"
        sts.register_session(key, dict(sts._sessions[environment["AWS_ACCESS_KEY_ID"]]))
        _addresses[key] = environment[INVOCATIONS]
        return {**environment, "AWS_ACCESS_KEY_ID": key}

    return worker_env


def _remembering_exit(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def teardown(worker: Any) -> None:
        if worker._proc is not None:
            worker.exit_status = worker._proc.poll()
        original(worker)

    return teardown


def _telling_exit(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def invoke(worker: Any, event: Any, request_id: str, **more: Any) -> dict[str, Any]:
        result = original(worker, event, request_id, **more)
        payload = result.get("error_payload")
        if isinstance(payload, dict) and payload.get("errorType") == "Runtime.ExitError":
            payload["errorMessage"] = f"RequestId: {request_id} Error: {_reason(worker.exit_status)}"
        return result

    return invoke


def _reason(exit_status: int) -> str:
    """The Lambda service's words; a negative status is a signal's number, as in subprocess."""
    if exit_status == -signal.SIGKILL:
        return "Runtime exited with error: signal: killed"
    if exit_status < 0:
        return f"Runtime exited with error: signal: {signal.strsignal(-exit_status)}".lower()
    return (
        f"Runtime exited with error: exit status {exit_status}"
        if exit_status
        else "Runtime exited without providing a reason"
    )
