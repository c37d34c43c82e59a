"""CloudWatch counts what the rules of EventBridge invoke."""

from collections.abc import Callable
from typing import Any

from ministack.services import cloudwatch, eventbridge

from local.ministack_patches.registry import patch

Record = dict[str, Any]


@patch(
    "EventBridge: CloudWatch counts the invocations of each rule",
    why="MiniStack has no metric of EventBridge, as `Invocations` in EventBridge User Guide, "
    '"Monitoring Amazon EventBridge".',
)
def install() -> None:
    eventbridge._invoke_target = _count(eventbridge._invoke_target)


def _count(original: Callable[..., None]) -> Callable[..., None]:
    def invoke_target(target: Record, event: Record, rule: Record, *more: Any) -> None:
        cloudwatch.record_metric("AWS/Events", "Invocations", 1, "Count", {"RuleName": rule["Name"]})
        original(target, event, rule, *more)

    return invoke_target
