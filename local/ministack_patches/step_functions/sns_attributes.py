"""A Succeed state has its Output, and a task of SNS sends its attributes: MiniStack leaves both out."""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import sns, stepfunctions


def install() -> None:
    """Pass both on."""
    stepfunctions._apply_output_path = _with_output_of_succeed(stepfunctions._apply_output_path)
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::sns:publish"] = _publish


def _with_output_of_succeed(original: Callable[..., Any]) -> Callable[..., Any]:
    """A Succeed state has an Output under JSONata, as every other state has; MiniStack passes its input on."""

    def apply_output_path(state: dict[str, Any], value: Any, context: dict[str, Any]) -> Any:
        if state["Type"] == "Succeed" and "Output" in state:
            return stepfunctions._apply_jsonata_output(state, value, context)
        return original(state, value, context)

    return apply_output_path


def _publish(_resource: str, arguments: dict[str, Any]) -> dict[str, str]:
    """With its attributes, which MiniStack leaves out and filters of subscriptions go by; an object becomes JSON."""
    given, message = arguments.get("MessageAttributes", {}), arguments["Message"]
    try:
        published = sns.publish_internal(
            arguments["TopicArn"],
            message if isinstance(message, str) else json.dumps(message),
            arguments.get("Subject", ""),
            message_structure=arguments.get("MessageStructure", ""),
            message_attributes=given,
        )
    except sns.SnsPublishError as error:
        raise stepfunctions._ExecutionError(f"SNS.{error.code}Exception", str(error)) from error
    if published is None:
        raise stepfunctions._ExecutionError("SNS.NotFoundException", "Topic does not exist")
    return {"MessageId": published["message_id"]}
