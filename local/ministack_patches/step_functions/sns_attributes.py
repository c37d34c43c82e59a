"""A task of SNS publishes the attributes of its message."""

import json
from typing import Any

from ministack.services import sns, stepfunctions

from local.ministack_patches.registry import patch


@patch(
    "Step Functions: a task of SNS publishes the attributes of its message, and an object as JSON",
    why="MiniStack drops the attributes, which the filters of subscriptions use. Step Functions Developer Guide, "
    '"Publish messages to an Amazon SNS topic with Step Functions".',
)
def install() -> None:
    stepfunctions._SERVICE_DISPATCH["arn:aws:states:::sns:publish"] = _publish


def _publish(_resource: str, arguments: dict[str, Any]) -> dict[str, str]:
    attributes, message = arguments.get("MessageAttributes", {}), arguments["Message"]
    try:
        published = sns.publish_internal(
            arguments["TopicArn"],
            message if isinstance(message, str) else json.dumps(message),
            arguments.get("Subject", ""),
            message_structure=arguments.get("MessageStructure", ""),
            message_attributes=attributes,
        )
    except sns.SnsPublishError as error:
        raise stepfunctions._ExecutionError(f"SNS.{error.code}Exception", str(error)) from error
    if published is None:
        raise stepfunctions._ExecutionError("SNS.NotFoundException", "Topic does not exist")
    return {"MessageId": published["message_id"]}
