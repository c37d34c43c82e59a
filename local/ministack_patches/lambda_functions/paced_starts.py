"""No more processes of Python functions start at the same time than the machine has processors."""

import os
import threading
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

from local.ministack_patches.lambda_functions.python_runtime import runs_python
from local.ministack_patches.registry import patch

Record = dict[str, Any]

_changed = threading.Condition()  # a process has started, or an invocation has ended
_starting: set[Any] = set()  # the workers whose process starts


@patch(
    "Lambda: no more processes of Python functions start at the same time than the machine has processors; until it "
    "may start one, an invocation takes a process that becomes free",
    why="MiniStack starts a process at once for each invocation that finds none free. When many executions begin "
    "together, they wait for dozens of processes, and few of these are used again.",
)
def install() -> None:
    lambda_svc.acquire_worker = _wait_for_turn(lambda_svc.acquire_worker)
    lambda_svc.release_worker = _announce_release(lambda_svc.release_worker)
    lambda_runtime.ProvidedWorker._spawn = _announce_start(lambda_runtime.ProvidedWorker._spawn)


def _wait_for_turn(original: Callable[..., Any]) -> Callable[..., Any]:
    def acquire_worker(name: str, config: Record, code: bytes, qualifier: str = "$LATEST") -> Any:
        if not runs_python(config):
            return original(name, config, code, qualifier=qualifier)
        key = lambda_runtime._worker_key(name, config, qualifier)
        with _changed:
            _changed.wait_for(lambda: _has_free_worker(key) or len(_starting) < (os.cpu_count() or 1))
            worker, reason = original(name, config, code, qualifier=qualifier)
            if reason == "spawn":
                _starting.add(worker)
        return worker, reason

    return acquire_worker


def _has_free_worker(key: str) -> bool:
    with lambda_runtime._lock:
        return not all(worker.in_use for worker in lambda_runtime._workers.get(key, []))


def _announce_release(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def release_worker(worker: Any) -> None:
        original(worker)
        with _changed:
            _changed.notify_all()

    return release_worker


def _announce_start(original: Callable[..., None]) -> Callable[..., None]:
    def spawn(worker: Any, *arguments: Any, **more: Any) -> None:
        try:
            original(worker, *arguments, **more)
        finally:
            with _changed:
                _starting.discard(worker)
                _changed.notify_all()

    return spawn
