"""CloudFormation names a log group without a name after its stack."""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

from local.ministack_patches.registry import patch

KIND = "AWS::Logs::LogGroup"

Properties = dict[str, Any]
Provisioned = tuple[str, dict[str, str]]


@patch(
    "CloudFormation: a log group without a name is named after its stack",
    why="MiniStack names it `/aws/cloudformation/STACK/ID`. CloudFormation gives resources of every type a name like "
    '`STACK-ID-SUFFIX`. CloudFormation Template Reference, "Name type".',
)
def install() -> None:
    handlers = provisioners._RESOURCE_HANDLERS[KIND]
    handlers["create"] = _name_new_group(handlers["create"])
    handlers["update"] = _keep_name(handlers["update"])


def _name_new_group(original: Callable[..., Provisioned]) -> Callable[..., Provisioned]:
    def create(logical_id: str, properties: Properties, stack: str) -> Provisioned:
        return original(logical_id, _add_name(properties, stack, logical_id), stack)

    return create


def _keep_name(original: Callable[..., Provisioned]) -> Callable[..., Provisioned]:
    def update(arn: str, old: Properties, new: Properties, stack: str, logical_id: str) -> Provisioned:
        old, new = (_add_name(each, stack, logical_id) for each in (old, new))
        return original(arn, old, new, stack, logical_id)

    return update


def _add_name(properties: Properties, stack: str, logical_id: str) -> Properties:
    return {"LogGroupName": provisioners._physical_name(stack, logical_id, max_len=512, seeded=False), **properties}
