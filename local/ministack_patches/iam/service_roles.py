"""The roles that services assume have to hold up too: a state machine's for its tasks, a rule's for its target.

MiniStack asks IAM about whoever signs a request. Step Functions, EventBridge and CloudWatch call within its process,
unsigned. Where a service has no role, it is the topic's policy that has to let it in.
"""

import contextvars
import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import cloudwatch, eventbridge, sns, sqs, stepfunctions

_role: contextvars.ContextVar[str] = contextvars.ContextVar("role of the running execution")

# Of a task: the action its role needs, the argument that names the resource, and the error when it may not.
TASKS = {
    "lambda:invoke": ("lambda:InvokeFunction", "FunctionName", "Lambda.AWSLambdaException"),
    "sns:publish": ("sns:Publish", "TopicArn", "SNS.AuthorizationErrorException"),
    "dynamodb:putItem": ("dynamodb:PutItem", "TableName", "DynamoDB.AccessDeniedException"),
    "dynamodb:getItem": ("dynamodb:GetItem", "TableName", "DynamoDB.AccessDeniedException"),
    "dynamodb:updateItem": ("dynamodb:UpdateItem", "TableName", "DynamoDB.AccessDeniedException"),
    "events:putEvents": ("events:PutEvents", "Entries", "EventBridge.AccessDeniedException"),
}

# Of a rule's target, by service: the action that its role needs.
TARGETS = {"states": "states:StartExecution", "sns": "sns:Publish"}

ALARM_ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")


def install() -> None:
    """Hold executions and rules to their roles, rules and alarms to the policy of their topic."""
    stepfunctions._run_execution = _under_its_role(stepfunctions._run_execution)
    stepfunctions._invoke_resource = _if_the_role_may(stepfunctions._invoke_resource)
    eventbridge._invoke_target = _if_the_rule_may(eventbridge._invoke_target)
    cloudwatch._dispatch_alarm_actions = _if_the_alarm_may(cloudwatch._dispatch_alarm_actions)


def allows(principal: Any, action: str, resource_arn: str, context: dict[str, Any] | None = None) -> bool:
    """Whether IAM lets the principal do it: its own policies, within their limits. `context` has condition keys."""
    if principal.policies is None:  # the account's root
        return True
    context = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource_arn,
        region=responses.get_region(),
        service_context=context or {},
        principal_keys=principal.keys,
    )
    decision: str = iam_evaluator.evaluate(context, principal.policies, *principal.limits).decision
    return decision == "Allow"


def role_allows(role_arn: str, action: str, resource_arn: str, context: dict[str, Any] | None = None) -> bool:
    """Whether a service that has assumed the role may do it."""
    return allows(principal_of(role_arn), action, resource_arn, context)


def principal_of(role_arn: str) -> Any:
    """Whoever has assumed the role."""
    name, account = role_arn.rsplit("/", 1)[-1], responses.get_account_id()
    policies = iam_evaluator._gather_role_policies(name, account)
    return iam_evaluator.PrincipalInfo(role_arn, "AssumedRole", account, policies)


def running_as() -> Any:
    """Who the running execution is."""
    return principal_of(_role.get())


def _under_its_role(original: Callable[[str], None]) -> Callable[[str], None]:
    def run_execution(execution_arn: str) -> None:
        execution = stepfunctions._executions.get(execution_arn)
        machine = execution and stepfunctions._state_machines.get(execution["stateMachineArn"])
        _role.set(machine["roleArn"] if machine else "")
        original(execution_arn)

    return run_execution


def _if_the_role_may(original: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def invoke_resource(resource: str, arguments: Any) -> Any:
        action, name, error = TASKS.get(resource.partition(":::")[2], ("", "", ""))
        role = _role.get()
        arn = arn_of(name, arguments.get(name, "")) if action else ""
        contexts = list(map(_of_entry, arguments["Entries"])) if name == "Entries" else [{}]
        if action and not all(role_allows(role, action, arn, context) for context in contexts):
            said = f"User: {role} is not authorized to perform: {action} on resource: {arn}"
            raise stepfunctions._ExecutionError(error, said)
        return original(resource, arguments)

    return invoke_resource


def arn_of(argument: str, value: Any) -> str:
    """Of the resource that a task's argument names."""
    home = f"{responses.get_region()}:{responses.get_account_id()}"
    if argument == "TableName":
        return f"arn:aws:dynamodb:{home}:table/{value}"
    if argument == "Entries":
        return f"arn:aws:events:{home}:event-bus/default"
    return str(value)


def _of_entry(entry: dict[str, Any]) -> dict[str, str]:
    """The condition keys of events:PutEvents ("Using IAM policy conditions", Amazon EventBridge User Guide)."""
    return {"events:source": entry["Source"], "events:detail-type": entry["DetailType"]}


def _if_the_rule_may(original: Callable[..., None]) -> Callable[..., None]:
    """What a rule may not deliver goes to the target's dead-letter queue, which MiniStack does not know either."""

    def invoke_target(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any], view: Any = None) -> None:
        if _may_deliver(target, rule):
            original(target, event, rule, view)
        else:
            keep_undelivered(target, event, rule)

    return invoke_target


def _may_deliver(target: dict[str, Any], rule: dict[str, Any]) -> bool:
    """A topic's policy learns nothing from EventBridge that its conditions could go by, a queue's the rule."""
    arn, role = target["Arn"], target.get("RoleArn", "")
    if arn.split(":")[2] == "sqs":
        return _may_send(arn, rule)
    action = TARGETS.get(arn.split(":")[2])
    if action == "sns:Publish" and not role:
        return bool(sns.topic_policy_allows(arn, "events.amazonaws.com", "", ""))
    return action is None or role_allows(role, action, arn)


def _may_send(queue: str, rule: dict[str, Any]) -> bool:
    return bool(sqs.queue_policy_allows(queue, "events.amazonaws.com", rule["Arn"], responses.get_account_id()))


def keep_undelivered(target: dict[str, Any], event: dict[str, Any], rule: dict[str, Any]) -> None:
    """Put the event into the target's dead-letter queue, if it has one and its policy lets the rule."""
    queue = target.get("DeadLetterConfig", {}).get("Arn")
    if queue and _may_send(queue, rule):
        payload = eventbridge._pattern_event_view(event).event_with_detail()
        eventbridge._dispatch_to_sqs(eventbridge.parse_arn(queue), json.dumps(payload))


def _if_the_alarm_may(original: Callable[..., None]) -> Callable[..., None]:
    """An alarm's action is dropped where the topic's policy does not let the alarm publish."""

    def dispatch_alarm_actions(alarm: dict[str, Any], *change: str) -> None:
        source, account = alarm["AlarmArn"], responses.get_account_id()

        def may(action: str) -> bool:
            return bool(sns.topic_policy_allows(action, "cloudwatch.amazonaws.com", source, account))

        original({**alarm, **{key: list(filter(may, alarm.get(key) or [])) for key in ALARM_ACTIONS}}, *change)

    return dispatch_alarm_actions
