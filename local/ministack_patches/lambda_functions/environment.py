"""A function sees its own environment variables and those of AWS."""

import os
from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc

from local.ministack_patches.registry import patch

# HOME: without it, ~ is the home folder of the machine's user, and botocore reads ~/.aws/models.
KEPT = ("AWS_", "PATH", "LANG", "TMPDIR", "HOME")


@patch(
    "Lambda: a function sees its own environment variables and those of AWS",
    why="MiniStack adds the variables that configure its server, LOG_LEVEL among them. Lambda Developer Guide, "
    '"Working with Lambda environment variables": the defined runtime environment variables.',
)
def install() -> None:
    lambda_svc._provided_worker_env = _drop_server_variables(lambda_svc._provided_worker_env)


def _drop_server_variables(original: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
    def worker_env(config: dict[str, Any], *arguments: Any) -> dict[str, str]:
        own = lambda_svc._runtime_env_vars(config)
        return {
            name: value
            for name, value in original(config, *arguments).items()
            if name in own or name.startswith(KEPT) or os.environ.get(name) != value
        }

    return worker_env
