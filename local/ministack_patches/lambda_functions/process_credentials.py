"""Each process of a function has its own credentials, so that a call identifies the process that makes it."""

import os
import signal
import uuid
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

from local.ministack_patches.registry import patch

INVOCATIONS = "AWS_LAMBDA_RUNTIME_API"  # the address where a process gets its invocations; each has its own

_addresses: dict[str, str] = {}  # by access key id


@patch(
    "Lambda: each process of a function has its own credentials",
    why="MiniStack gives all processes of a function the same ones. So no fault could kill the process of a call.",
)
def install() -> None:
    lambda_svc._provided_worker_env = _add_own_credentials(lambda_svc._provided_worker_env)


def is_function(access_key_id: str) -> bool:
    """Whether a function's process has these credentials."""
    return access_key_id in _addresses


def kill(access_key_id: str) -> None:
    """Kill the function's process that has these credentials."""
    with lambda_runtime._lock:
        workers = [worker for pool in lambda_runtime._workers.values() for worker in pool]
    for worker in workers:
        server = getattr(worker, "_server", None)  # workers for Node.js have none
        if server and "{}:{}".format(*server.server_address) == _addresses[access_key_id]:
            os.kill(worker._proc.pid, signal.SIGKILL)


def _add_own_credentials(original: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
    def worker_env(*arguments: Any) -> dict[str, str]:
        environment = original(*arguments)
        key = f"ASIA{uuid.uuid4().hex[:16].upper()}"
        sts.register_session(key, dict(sts._sessions[environment["AWS_ACCESS_KEY_ID"]]))
        _addresses[key] = environment[INVOCATIONS]
        return {**environment, "AWS_ACCESS_KEY_ID": key}

    return worker_env
