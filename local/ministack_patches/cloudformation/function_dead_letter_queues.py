"""A function gets its dead-letter queue from its template."""

from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc
from ministack.services.cloudformation import provisioners

from local.ministack_patches.registry import patch

Created = tuple[str, dict[str, str]]


@patch(
    "CloudFormation: a function gets its dead-letter queue",
    why="MiniStack drops `DeadLetterConfig`. CloudFormation Template Reference, AWS::Lambda::Function.",
)
def install() -> None:
    function = provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    function["create"] = _configure_function(function["create"], properties_at=1)
    function["update"] = _configure_function(function["update"], properties_at=2)


def _configure_function(original: Callable[..., Created], *, properties_at: int) -> Callable[..., Created]:
    """`properties_at` is the position of the new properties among the arguments of the handler."""

    def provision(*arguments: Any, **more: Any) -> Created:
        name, attributes = original(*arguments, **more)
        given = arguments[properties_at].get("DeadLetterConfig", {})
        lambda_svc._functions[name]["config"]["DeadLetterConfig"] = given
        return name, attributes

    return provision
