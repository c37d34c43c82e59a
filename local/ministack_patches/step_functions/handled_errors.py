"""What TestState answers if a state ends with an error: whether the state retries it, or catches it."""

import json
from typing import Any

from ministack.services import stepfunctions

Record = dict[str, Any]


def handle(error: Any, state: Record, retries: int, given: Any, context: Record) -> tuple[Record, Record]:
    """The members of the response, and its `errorDetails`. The state has retried the error `retries` times.

    The first retrier that names the error decides about retries, as in an execution.
    """
    index, retrier = _first(state.get("Retry", []), error.error)
    if retrier and retries < retrier.get("MaxAttempts", 3):
        seconds = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** retries
        longest = int(min(seconds, retrier.get("MaxDelaySeconds", seconds)))
        return {"status": "RETRIABLE"}, {"retryIndex": index, "retryBackoffIntervalSeconds": longest}
    position, catcher = _first(state.get("Catch", []), error.error)
    if catcher is None:
        return {"status": "FAILED"}, {"retryIndex": index} if retrier else {}
    output = stepfunctions._apply_catcher(
        catcher, given, context, "JSONata", {"Error": error.error, "Cause": error.cause}
    )
    caught = {"status": "CAUGHT_ERROR", "output": json.dumps(output), "nextState": catcher["Next"]}
    return caught, {"catchIndex": position}


def _first(rules: list[Record], error: str) -> tuple[int, Record | None]:
    """The position and the first of the rules that names the error."""
    naming = (rule for rule in enumerate(rules) if stepfunctions._error_matches(rule[1]["ErrorEquals"], error))
    return next(naming, (-1, None))
