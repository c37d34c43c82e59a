"""A Succeed state has an Output."""

from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions

from local.ministack_patches.registry import patch


@patch(
    "Step Functions: a Succeed state has its Output under JSONata",
    why='MiniStack passes its input on. Step Functions Developer Guide, "Succeed workflow state".',
)
def install() -> None:
    stepfunctions._apply_output_path = _apply_output(stepfunctions._apply_output_path)


def _apply_output(original: Callable[..., Any]) -> Callable[..., Any]:
    def apply_output_path(state: dict[str, Any], value: Any, context: dict[str, Any]) -> Any:
        if state["Type"] == "Succeed" and "Output" in state:
            return stepfunctions._apply_jsonata_output(state, value, context)
        return original(state, value, context)

    return apply_output_path
