"""A call of CloudFormation answers once the operation that it begins has ended."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from contextvars import ContextVar
from typing import Any

from ministack import app as ministack
from ministack.services.cloudformation import changesets, handlers, stacks

from local.ministack_patches.registry import patch

LONGEST_WAIT = 10.0  # seconds

_begun: ContextVar[list[asyncio.Event]] = ContextVar("the ends of the operations that the request has begun")


@patch(
    "CloudFormation: a call answers once the operation that it begins has ended, after 10 seconds at the latest",
    why="MiniStack answers at once, and needs a second for a large stack. The CDK CLI polls at once and then every 5 "
    "seconds, so a deployment took 5 seconds instead of 2.",
)
def install() -> None:
    create_task = _announce_end(stacks._create_stack_task_in_region)
    for module in (stacks, handlers, changesets):
        module._create_stack_task_in_region = create_task
    ministack.SERVICE_HANDLERS["cloudformation"] = _wait_for_ends(ministack.SERVICE_HANDLERS["cloudformation"])


def _announce_end(original: Callable[..., None]) -> Callable[..., None]:
    def create_task(operation: Coroutine[Any, Any, None], *arguments: Any) -> None:
        ended = asyncio.Event()
        _begun.get([]).append(ended)
        original(_set_at_end(operation, ended), *arguments)

    return create_task


async def _set_at_end(operation: Coroutine[Any, Any, None], ended: asyncio.Event) -> None:
    try:
        await operation
    finally:
        ended.set()


def _wait_for_ends(original: Callable[..., Any]) -> Callable[..., Any]:
    async def handle_request(*request: Any) -> Any:
        begun: list[asyncio.Event] = []
        _begun.set(begun)
        answer = await original(*request)
        with suppress(TimeoutError):
            async with asyncio.timeout(LONGEST_WAIT):
                for ended in begun:
                    await ended.wait()
        return answer

    return handle_request
