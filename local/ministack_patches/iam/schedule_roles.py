"""A schedule acts under its role: for its target, and for its dead-letter queue."""

from collections.abc import Callable
from typing import Any

from ministack.services import eventbridge

from local.ministack_patches.iam import service_roles
from local.ministack_patches.iam.encryption import encryption_of
from local.ministack_patches.iam.keys import TO_SEND, KeyRefusedError, require
from local.ministack_patches.iam.permissions import assumed_role, role_allows
from local.ministack_patches.registry import patch

Record = dict[str, Any]

# As MiniStack has it: other patches ask the policies of the queue and of its key for EventBridge, which has no role.
_send = eventbridge._dispatch_to_sqs


@patch(
    "Scheduler: an invocation that the role does not allow goes to the dead-letter queue, if the role allows that",
    why='MiniStack has no dead-letter queues. "Configuring a dead-letter queue for a schedule", EventBridge Scheduler '
    "User Guide: the role needs sqs:SendMessage.",
)
def install() -> None:
    eventbridge._invoke_target = _act_as_schedule(eventbridge._invoke_target)


def _act_as_schedule(original: Callable[..., None]) -> Callable[..., None]:
    def invoke_target(target: Record, event: Record, rule: Record, *more: Any) -> None:
        action = service_roles.TARGETS.get(target["Arn"].split(":")[2])
        refused = action is not None and not role_allows(target.get("RoleArn", ""), action, target["Arn"])
        if rule.get("Arn", "").split(":")[2:3] == ["scheduler"] and refused:
            _send_to_dead_letter_queue(target)
        else:
            original(target, event, rule, *more)

    return invoke_target


def _send_to_dead_letter_queue(target: Record) -> None:
    queue, role = target.get("DeadLetterConfig", {}).get("Arn"), target["RoleArn"]
    if not queue or not role_allows(role, "sqs:SendMessage", queue):
        return
    used = encryption_of(queue)
    try:
        require(assumed_role(role), used.key, TO_SEND, "sqs", used.context)
    except KeyRefusedError:
        return
    _send(eventbridge.parse_arn(queue), target.get("Input", "{}"))
