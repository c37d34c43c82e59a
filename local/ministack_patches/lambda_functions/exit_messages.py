"""A function's process that exits too early ends its invocation with the message of AWS."""

import signal
from collections.abc import Callable
from typing import Any

from ministack.core import lambda_runtime

from local.ministack_patches.registry import patch


@patch(
    "Lambda: `Runtime.ExitError` has the message of AWS",
    why='MiniStack has a message of its own. Lambda Developer Guide, "Troubleshoot execution issues in Lambda".',
)
def install() -> None:
    worker = lambda_runtime.ProvidedWorker
    worker._teardown = _remember_exit_status(worker._teardown)
    worker.invoke = _set_message(worker.invoke)


def _remember_exit_status(original: Callable[[Any], None]) -> Callable[[Any], None]:
    def teardown(worker: Any) -> None:
        if worker._proc is not None:
            worker.exit_status = worker._proc.poll()
        original(worker)

    return teardown


def _set_message(original: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    def invoke(worker: Any, event: Any, request_id: str, **more: Any) -> dict[str, Any]:
        result = original(worker, event, request_id, **more)
        payload = result.get("error_payload")
        if isinstance(payload, dict) and payload.get("errorType") == "Runtime.ExitError":
            payload["errorMessage"] = f"RequestId: {request_id} Error: {_describe_exit(worker.exit_status)}"
        return result

    return invoke


def _describe_exit(exit_status: int) -> str:
    """Lambda's words for an exit status; a negative one is a signal's number, as in subprocess."""
    if exit_status == -signal.SIGKILL:
        return "Runtime exited with error: signal: killed"
    if exit_status < 0:
        return f"Runtime exited with error: signal: {signal.strsignal(-exit_status)}".lower()
    return (
        f"Runtime exited with error: exit status {exit_status}"
        if exit_status
        else "Runtime exited without providing a reason"
    )
