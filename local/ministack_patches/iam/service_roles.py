"""Services act under their roles: executions for their tasks, rules for their targets.

A service without a role, such as an alarm, needs the policy of the topic, queue or function that it uses.
"""

import contextvars
import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import cloudwatch, eventbridge, lambda_svc, sns, sqs, stepfunctions

from local.ministack_patches.iam.permissions import assumed_role, role_allows
from local.ministack_patches.registry import patch

Record = dict[str, Any]

_role: contextvars.ContextVar[str] = contextvars.ContextVar("role of the running execution")

# For each task: the action that its role needs, the argument that names the resource, and the error of a refusal.
TASKS = {
    "lambda:invoke": ("lambda:InvokeFunction", "FunctionName", "Lambda.AWSLambdaException"),
    "sns:publish": ("sns:Publish", "TopicArn", "SNS.AuthorizationErrorException"),
    "dynamodb:putItem": ("dynamodb:PutItem", "TableName", "DynamoDB.AccessDeniedException"),
    "dynamodb:getItem": ("dynamodb:GetItem", "TableName", "DynamoDB.AccessDeniedException"),
    "dynamodb:updateItem": ("dynamodb:UpdateItem", "TableName", "DynamoDB.AccessDeniedException"),
    "events:putEvents": ("events:PutEvents", "Entries", "EventBridge.AccessDeniedException"),
}

# For each service that a rule's target may belong to: the action that the target's role needs.
TARGETS = {"states": "states:StartExecution", "sns": "sns:Publish"}

_ALARM_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


@patch(
    "IAM: executions and rules need the rights of their role; rules and alarms without one need the target's policy",
    why="MiniStack checks signed requests only, and its services call one another unsigned. Step Functions Developer "
    'Guide, "How Step Functions generates IAM policies for integrated services"; EventBridge User Guide, '
    '"Using resource-based policies for Amazon EventBridge".',
)
def install() -> None:
    stepfunctions._run_execution = _remember_role(stepfunctions._run_execution)
    stepfunctions._invoke_resource = _check_task(stepfunctions._invoke_resource)
    eventbridge._invoke_target = check_targets(eventbridge._invoke_target, _may_deliver)
    cloudwatch._dispatch_alarm_actions = check_alarm_actions(cloudwatch._dispatch_alarm_actions, _topic_accepts)


def execution_role() -> Any:
    """The principal that the running execution acts as."""
    return assumed_role(_role.get())


def act_as(role_arn: str) -> None:
    """Let the tasks of this thread act as the role."""
    _role.set(role_arn)


def _remember_role(original: Callable[[str], None]) -> Callable[[str], None]:
    def run_execution(execution_arn: str) -> None:
        execution = stepfunctions._executions.get(execution_arn)
        machine = execution and stepfunctions._state_machines.get(execution["stateMachineArn"])
        act_as(machine["roleArn"] if machine else "")
        original(execution_arn)

    return run_execution


def _check_task(original: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def invoke_resource(resource: str, arguments: Any) -> Any:
        action, name, error = TASKS.get(resource.partition(":::")[2], ("", "", ""))
        role = _role.get()
        arn = resource_arn(name, arguments.get(name, "")) if action else ""
        contexts = list(map(_entry_context, arguments["Entries"])) if name == "Entries" else [{}]
        if action and not all(role_allows(role, action, arn, context) for context in contexts):
            cause = f"User: {role} is not authorized to perform: {action} on resource: {arn}"
            raise stepfunctions._ExecutionError(error, cause)
        return original(resource, arguments)

    return invoke_resource


def resource_arn(argument: str, value: Any) -> str:
    """The ARN of the resource that an argument of a task names."""
    home = f"{responses.get_region()}:{responses.get_account_id()}"
    if argument == "TableName":
        return f"arn:aws:dynamodb:{home}:table/{value}"
    if argument == "Entries":
        return f"arn:aws:events:{home}:event-bus/default"
    return str(value)


def _entry_context(entry: Record) -> dict[str, str]:
    """The condition keys of events:PutEvents ("Using IAM policy conditions", Amazon EventBridge User Guide)."""
    return {"events:source": entry["Source"], "events:detail-type": entry["DetailType"]}


def check_targets(original: Callable[..., None], may_deliver: Callable[[Record, Record], bool]) -> Callable[..., None]:
    """An event that may not be delivered goes to the target's dead-letter queue. MiniStack has no such queues.

    `may_deliver` takes the target and the rule.
    """

    def invoke_target(target: Record, event: Record, rule: Record, view: Any = None) -> None:
        if may_deliver(target, rule):
            original(target, event, rule, view)
        else:
            send_to_dead_letter_queue(target, event, rule)

    return invoke_target


def _may_deliver(target: Record, rule: Record) -> bool:
    """EventBridge gives the policy of a queue or function the rule's ARN as a condition key, and a topic's none."""
    arn, role = target["Arn"], target.get("RoleArn", "")
    if arn.split(":")[2] == "sqs":
        return _queue_accepts(arn, rule)
    if arn.split(":")[2] == "lambda":
        return _function_accepts(arn, rule)
    action = TARGETS.get(arn.split(":")[2])
    if action == "sns:Publish" and not role:
        return bool(sns.topic_policy_allows(arn, "events.amazonaws.com", "", ""))
    return action is None or role_allows(role, action, arn)


def _queue_accepts(queue: str, rule: Record) -> bool:
    return bool(sqs.queue_policy_allows(queue, "events.amazonaws.com", rule["Arn"], responses.get_account_id()))


def _function_accepts(function: str, rule: Record) -> bool:
    """Whether the policy of the function, version or alias allows the rule to invoke it."""
    policy, account = lambda_svc.function_policy_for_arn(function) or ({}, "")
    request = iam_evaluator.EvalContext(
        principal_arn="*",
        principal_type="Service",
        principal_account="",
        action="lambda:InvokeFunction",
        resource_arn=function,
        region=responses.get_region(),
        service_context={"aws:sourcearn": rule["Arn"], "aws:sourceaccount": account},
    )
    found = iam_evaluator.evaluate_resource_policy(policy, request, service="events.amazonaws.com")
    return bool(found.decision == "Allow")


def send_to_dead_letter_queue(target: Record, event: Record, rule: Record) -> None:
    """Send the event to the target's dead-letter queue, if it has one whose policy allows the rule to send."""
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    if queue and _queue_accepts(queue, rule):
        payload = eventbridge._pattern_event_view(event).event_with_detail()
        eventbridge._dispatch_to_sqs(eventbridge.parse_arn(queue), json.dumps(payload))


def check_alarm_actions(
    original: Callable[..., None], is_allowed: Callable[[Record, str], bool]
) -> Callable[..., None]:
    """Drop each action that is not allowed. `is_allowed` takes the alarm and the ARN of the action."""

    def dispatch_alarm_actions(alarm: Record, *change: str) -> None:
        allowed = {key: [each for each in alarm.get(key) or [] if is_allowed(alarm, each)] for key in _ALARM_ACTIONS}
        original({**alarm, **allowed}, *change)

    return dispatch_alarm_actions


def _topic_accepts(alarm: Record, topic: str) -> bool:
    account = responses.get_account_id()
    return bool(sns.topic_policy_allows(topic, "cloudwatch.amazonaws.com", alarm["AlarmArn"], account))
