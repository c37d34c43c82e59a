"""SQS: a call that waits for a message gets one as soon as it is sent."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from types import SimpleNamespace

from ministack.core.concurrency import esm_wake
from ministack.services import sqs

from local.ministack_patches.registry import patch

_waiting: set[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = set()


@patch(
    "SQS: a call that waits for a message gets one as soon as it is sent",
    why="MiniStack polls the queue every 0.1 seconds, so a message that is waited for arrives up to 0.1 seconds late.",
)
def install() -> None:
    esm_wake.set = wake_waiting(esm_wake.set)  # each service calls it after it has put a message into a queue
    sqs.asyncio = SimpleNamespace(**{**vars(asyncio), "sleep": wait_for_message})


def wake_waiting(original: Callable[[], None]) -> Callable[[], None]:
    """Let each call of wait_for_message return."""

    def wake() -> None:
        original()
        for loop, sent in tuple(_waiting):
            loop.call_soon_threadsafe(sent.set)

    return wake


async def wait_for_message(seconds: float) -> None:
    """Wait until a message is sent to any queue, so many seconds at most."""
    waits = (asyncio.get_running_loop(), asyncio.Event())
    _waiting.add(waits)
    try:
        with suppress(TimeoutError):
            await asyncio.wait_for(waits[1].wait(), seconds)
    finally:
        _waiting.discard(waits)
