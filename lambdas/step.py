"""What every function does around its own work: structured logs that say which execution and which project."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

logger = Logger()
Work = Callable[[dict[str, Any]], dict[str, Any] | None]


def step(work: Work) -> Callable[[dict[str, Any], LambdaContext], dict[str, Any] | None]:
    """Make a Lambda handler of the work of one state. What it raises travels on unwrapped, for the state machine."""

    @logger.inject_lambda_context(clear_state=True)
    @wraps(work)
    def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any] | None:
        logger.append_keys(execution=event["Execution"])
        try:
            return work(event)
        except Exception:
            logger.exception("Failed")
            raise

    return handler
