"""The tasks of the workflow: functions, messages and an event, each with a timeout."""

from typing import Any

from aws_cdk import Duration, Token
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.functions import TIMEOUT
from infra.workflow.expressions import jsonata

SOURCE = "dataset-distribution"
"""Of the completion event."""

SEND_TIMEOUT = sfn.Timeout.duration(Duration.seconds(60))
Assign = dict[str, Any]

# Every function receives its execution and the times. JSONata leaves missing values out of a list, such as the time of
# a redrive.
_OF_EXECUTION = {
    "Execution": jsonata("$states.context.Execution.Id"),
    "Times": jsonata(
        "[$states.context.State.EnteredTime, $states.context.Execution.StartTime,"
        " $states.context.Execution.RedriveTime]"
    ),
}


def invoke(
    scope: Construct, name: str, function: lambda_.IFunction, *, assign: Assign, **payload: Any
) -> tasks.LambdaInvoke:
    """Invokes the function. A text in the payload is a reference, such as `$pair`, unless it is an ARN of the stack."""
    references = {key: jsonata(value) if _is_reference(value) else value for key, value in payload.items()}
    return tasks.LambdaInvoke.jsonata(
        scope,
        name,
        lambda_function=function,
        payload=sfn.TaskInput.from_object({**_OF_EXECUTION, **references}),
        assign={key: jsonata(f"$states.result.Payload{value}") for key, value in assign.items()},
        retry_on_service_exceptions=False,  # the table of failures says what is retried
        task_timeout=sfn.Timeout.duration(TIMEOUT.plus(Duration.seconds(30))),
    )


def _is_reference(value: Any) -> bool:
    return isinstance(value, str) and not Token.is_unresolved(value)


def send_completion_event(scope: Construct, name: str) -> tasks.EventBridgePutEvents:
    """Puts the notice on the account's default bus."""
    entry = tasks.EventBridgePutEventsEntry(
        detail=sfn.TaskInput.from_text(jsonata("$report.Notice")),
        detail_type=jsonata("$report.DetailType"),
        source=SOURCE,
    )
    return tasks.EventBridgePutEvents.jsonata(scope, name, entries=[entry], task_timeout=SEND_TIMEOUT)


def notify_people(scope: Construct, name: str, topic: sns.ITopic) -> tasks.SnsPublish:
    """Publishes one message, with a form for each protocol, and with attributes for filters of subscriptions."""
    forms = {"default": "$report.Notice", "email": "$report.Mail", "sms": "$report.Subject"}
    attributes = ("outcome", "project", "error", "startedBy")
    return tasks.SnsPublish.jsonata(
        scope,
        name,
        topic=topic,
        subject=jsonata("$report.Subject"),
        message=sfn.TaskInput.from_object({form: jsonata(reference) for form, reference in forms.items()}),
        message_per_subscription_type=True,
        message_attributes={name: attribute(f"$report.Attributes.{name}") for name in attributes},
        task_timeout=SEND_TIMEOUT,
    )


def notify_chat(scope: Construct, name: str, topic: sns.ITopic) -> tasks.SnsPublish:
    """Publishes the message that Amazon Q Developer in chat applications shows."""
    message = sfn.TaskInput.from_text(jsonata("$report.Chat"))
    return tasks.SnsPublish.jsonata(scope, name, topic=topic, message=message, task_timeout=SEND_TIMEOUT)


def attribute(reference: str) -> tasks.MessageAttribute:
    """An attribute that a subscription can filter by."""
    return tasks.MessageAttribute(value=jsonata(reference), data_type=tasks.MessageAttributeDataType.STRING)
