"""A function writes to its log group only if its role may."""

from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch_logs, lambda_svc

from local.ministack_patches.iam.permissions import role_allows
from local.ministack_patches.registry import patch

Record = dict[str, Any]


@patch(
    "Lambda: a function writes to its log group only if its role may",
    why='MiniStack writes without a check. Lambda Developer Guide, "Sending Lambda function logs to CloudWatch Logs".',
)
def install() -> None:
    lambda_svc._emit_lambda_logs = _check_role(lambda_svc._emit_lambda_logs)


def _check_role(original: Callable[..., None]) -> Callable[..., None]:
    def emit(function: Record, *more: Any, **named: Any) -> None:
        if _may_write(function.get("config") or function):
            original(function, *more, **named)

    return emit


def _may_write(configuration: Record) -> bool:
    name = f"/aws/lambda/{configuration.get('FunctionName')}"
    group = configuration.get("LoggingConfig", {}).get("LogGroup") or name
    arn = f"arn:aws:logs:{responses.get_region()}:{responses.get_account_id()}:log-group:{group}"
    needed = {"logs:CreateLogStream": f"{arn}:log-stream:s", "logs:PutLogEvents": f"{arn}:log-stream:s"}
    if group not in cloudwatch_logs._log_groups:
        needed["logs:CreateLogGroup"] = arn
    return all(role_allows(configuration.get("Role", ""), action, resource) for action, resource in needed.items())
