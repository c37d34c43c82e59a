"""An answer of a function that Python cannot read as JSON is text, like any other answer that is not JSON."""

import json
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

from local.ministack_patches.registry import patch


@patch(
    "Lambda: the Runtime API accepts an answer that Python cannot read as JSON",
    why="MiniStack closes the connection, and the function's process ends with `Runtime.ExitError`. Lambda Developer "
    'Guide, "Using the Lambda runtime API for custom runtimes", limits neither the depth nor the digits of JSON.',
)
def install() -> None:
    lambda_runtime.json = SimpleNamespace(**{**vars(json), "loads": _loads})


def _loads(text: str | bytes, **more: Any) -> Any:
    """As json.loads. Raises JSONDecodeError also for JSON that is nested too deeply or has too long a number."""
    try:
        return json.loads(text, **more)
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError(str(error), "", 0) from error
