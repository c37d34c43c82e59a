"""Asynchronous invocations, also by rules, with the pauses and the dead-letter queue of Lambda."""

import contextvars
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import eventbridge, lambda_svc, sqs, stepfunctions

from local.ministack_patches.iam.encryption import encryption_of
from local.ministack_patches.iam.keys import TO_SEND, KeyRefusedError, require
from local.ministack_patches.iam.permissions import assumed_role, role_allows
from local.ministack_patches.registry import patch

Record = dict[str, Any]

PAUSES = (60, 120)  # seconds before the second and the third attempt
LONGEST_MESSAGE = 1024  # characters of an error in an attribute

_idle = threading.Condition()
_pending = 0


@patch(
    "Lambda: a rule invokes a function asynchronously; the pauses between attempts are Lambda's, and are skipped if "
    "Step Functions skips its waits; a dead-letter queue receives the event under the function's role",
    why="MiniStack tries a function that a rule invokes only once, and its dead-letter queue receives what an "
    'on-failure destination receives. Lambda Developer Guide, "How Lambda handles errors and retries with '
    'asynchronous invocation" and "Capturing records of Lambda asynchronous invocations".',
)
def install() -> None:
    eventbridge._dispatch_event = _count(eventbridge._dispatch_event)
    eventbridge._dispatch_to_lambda = _dispatch_to_lambda
    lambda_svc.invoke_async_with_retry = _invoke


def wait_until_idle() -> None:
    """Return when no event is on its way to a rule's target, and no asynchronous invocation is running or waiting."""
    with _idle:
        _idle.wait_for(lambda: _pending == 0)


@contextmanager
def _counted() -> Iterator[None]:
    _add(1)
    try:
        yield
    finally:
        _add(-1)


def _add(number: int) -> None:
    global _pending
    with _idle:
        _pending += number
        _idle.notify_all()


def _count(original: Callable[..., None]) -> Callable[..., None]:
    def dispatch_event(*arguments: Any) -> None:
        with _counted():
            original(*arguments)

    return dispatch_event


def _dispatch_to_lambda(arn: str, payload: str) -> None:
    function, config, _ = lambda_svc._get_func_record_for_ref(arn)
    if function and config:
        _invoke(lambda_svc._execution_record_for_config(function, config), json.loads(payload))


def _invoke(function: Record, event: Record) -> None:
    """Invoke the function in a thread of its own."""
    _add(1)
    run = contextvars.copy_context().run
    threading.Thread(target=run, args=(_try_to_end, function, event), daemon=True).start()


def _try_to_end(function: Record, event: Record) -> None:
    try:
        lambda_svc._run_with_function_config_scope(function, _try, function, event)
    finally:
        _add(-1)


def _try(function: Record, event: Record) -> None:
    settings = function.get("event_invoke_config") or (function.get("event_invoke_configs") or {}).get("$LATEST") or {}
    result = lambda_svc._execute_function(function, event)
    for pause in PAUSES[: settings.get("MaximumRetryAttempts", len(PAUSES))]:
        if not result.get("error"):
            return
        time.sleep(pause * stepfunctions._SFN_WAIT_SCALE)
        result = lambda_svc._execute_function(function, event)
    if result.get("error"):
        _send_failure(function["config"], settings, event, result)


def _send_failure(config: Record, settings: Record, event: Record, result: Record) -> None:
    destination = settings.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
    queue = (config.get("DeadLetterConfig") or {}).get("TargetArn", "")
    if destination:
        lambda_svc._route_async_failure(destination, config["FunctionName"], event, result)
    if ":sqs:" in queue and _may_send(config["Role"], queue):
        _send(sqs._queue_by_arn(queue), event, result.get("body"))


def _may_send(role: str, queue: str) -> bool:
    used = encryption_of(queue)
    try:
        require(assumed_role(role), used.key, TO_SEND, "sqs", used.context)
    except KeyRefusedError:
        return False
    return role_allows(role, "sqs:SendMessage", queue)


def _send(queue: Record, event: Record, error: Any) -> None:
    message = error.get("errorMessage", "") if isinstance(error, dict) else str(error)
    attributes = {
        "RequestID": {"DataType": "String", "StringValue": new_uuid()},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
        "ErrorMessage": {"DataType": "String", "StringValue": message[:LONGEST_MESSAGE] or "none"},
    }
    request = {"QueueUrl": queue["url"], "MessageBody": json.dumps(event), "MessageAttributes": attributes}
    sqs._act_send_message(request, queue["url"])
