"""A service needs the KMS key of the topic, queue or table that it uses, as a service or under a role."""

from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch, eventbridge, stepfunctions

from local.ministack_patches.iam import service_roles
from local.ministack_patches.iam.encryption import encryption_of
from local.ministack_patches.iam.keys import TO_READ, TO_SEND, KeyRefusedError, policy_allows, require
from local.ministack_patches.iam.permissions import assumed_role
from local.ministack_patches.registry import patch

Record = dict[str, Any]

# For the tasks of each service: the actions on the key that the role needs, and the error of a refusal.
TASKS = {
    "sns": (TO_SEND, "SNS.KMSAccessDeniedException"),
    "dynamodb": (TO_READ, "DynamoDB.AccessDeniedException"),
}


@patch(
    "IAM: tasks, targets of rules and actions of alarms need the KMS key of the topic, queue or table that they use",
    why='MiniStack does not check it. SNS and SQS Developer Guides, "Key management"; DynamoDB Developer Guide, '
    '"How DynamoDB uses AWS KMS".',
)
def install() -> None:
    stepfunctions._invoke_resource = _check_task(stepfunctions._invoke_resource)
    eventbridge._invoke_target = service_roles.check_targets(eventbridge._invoke_target, _may_deliver)
    eventbridge._dispatch_to_sqs = _check_queue(eventbridge._dispatch_to_sqs)
    cloudwatch._dispatch_alarm_actions = service_roles.check_alarm_actions(
        cloudwatch._dispatch_alarm_actions, _may_send
    )


def _check_task(original: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def invoke_resource(resource: str, arguments: Any) -> Any:
        task = resource.partition(":::")[2]
        service = task.partition(":")[0]
        if service in TASKS and task in service_roles.TASKS:
            _, name, _ = service_roles.TASKS[task]
            actions, error = TASKS[service]
            used = encryption_of(service_roles.resource_arn(name, arguments.get(name, "")))
            try:
                require(service_roles.execution_role(), used.key, actions, service, used.context)
            except KeyRefusedError as refused:
                raise stepfunctions._ExecutionError(error, str(refused)) from None
        return original(resource, arguments)

    return invoke_resource


def _may_deliver(target: Record, _rule: Record) -> bool:
    arn, role = target["Arn"], target.get("RoleArn", "")
    if arn.split(":")[2] not in ("sns", "sqs"):
        return True
    if not role:
        return _allows_events(arn)
    used = encryption_of(arn)
    try:
        require(assumed_role(role), used.key, TO_SEND, arn.split(":")[2], used.context)
    except KeyRefusedError:
        return False
    return True


def _allows_events(arn: str) -> bool:
    """Whether the key's policy allows EventBridge, which gives the account as a condition key, and not the rule.

    The grants that CDK makes use the account.
    """
    used = encryption_of(arn)
    account = responses.get_account_id()
    return policy_allows(used.key, "events.amazonaws.com", TO_SEND, used.context, sourceaccount=account)


def _check_queue(original: Callable[..., None]) -> Callable[..., None]:
    def dispatch_to_sqs(queue: Any, *more: Any) -> None:
        if _allows_events(str(queue)):
            original(queue, *more)

    return dispatch_to_sqs


def _may_send(alarm: Record, action: str) -> bool:
    """Whether the key of the topic allows the alarm. An action on another service needs no key."""
    if action.split(":")[2] != "sns":
        return True
    used, source = encryption_of(action), {"sourcearn": alarm["AlarmArn"], "sourceaccount": responses.get_account_id()}
    return policy_allows(used.key, "cloudwatch.amazonaws.com", TO_SEND, used.context, **source)
