"""CloudFormation names a log group as it names everything else, after its stack; MiniStack has a folder for them."""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

KIND = "AWS::Logs::LogGroup"

Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, str]]


def install() -> None:
    """Before keys are asked for, which know a log group by its name."""
    handlers = provisioners._RESOURCE_HANDLERS[KIND]
    handlers["create"] = _named(handlers["create"])
    handlers["update"] = _still_named(handlers["update"])


def _named(original: Callable[..., Provisioned]) -> Callable[..., Provisioned]:
    def create(logical_id: str, properties: Properties, stack: str) -> Provisioned:
        return original(logical_id, _with_name(properties, stack, logical_id), stack)

    return create


def _still_named(original: Callable[..., Provisioned]) -> Callable[..., Provisioned]:
    def update(arn: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Provisioned:
        old, new = (_with_name(each, stack, logical_id) for each in (old, new))
        return original(arn, old, new, stack, logical_id)

    return update


def _with_name(properties: Properties, stack: str, logical_id: str) -> Properties:
    return {"LogGroupName": provisioners._physical_name(stack, logical_id, max_len=512, seeded=False), **properties}
