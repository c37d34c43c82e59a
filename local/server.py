"""The local AWS's own process: MiniStack on a socket it is given, for as long as its standard input stays open.

The parent holds the other end of standard input. When the parent ends, in whatever way, the pipe closes and this
process ends too, taking with it the Lambda processes of its group and the folder it worked in.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from hypercorn.asyncio import serve
from hypercorn.config import Config

from local.custom_labels.clock import Clock
from local.custom_labels.service import CustomLabels
from local.custom_labels.settings import Settings
from local.faults import injection
from local.faults.fault import read_fault
from local.faults.matcher import Faults
from local.ministack_patches.mailbox import mails
from local.ministack_patches.step_functions.waits import use_clock
from local.ministack_patches.traces import traced
from local.rekognition_iam import install, put_event

CONTROL = "/_custom_labels/"
READY = "ready"
IDLE = 3600  # seconds, after which a connection is closed; who asks again sooner finds it open


def main() -> None:
    """Serve until standard input closes."""
    service = CustomLabels(clock=Clock(), settings=Settings(), put_event=put_event)
    faults = Faults()
    use_clock(ServiceClock(service))
    app = injection.install(install(service), faults)
    asyncio.run(_serve(_with_controls(app, service, faults)))


class ServiceClock:
    """The clock of the Custom Labels service, as Step Functions uses it."""

    def __init__(self, service: CustomLabels) -> None:
        self._service = service

    @property
    def follows_waits(self) -> bool:
        return self._service.clock.follows_waits

    def now(self) -> float:
        return self._service.clock.now()

    def move_to(self, moment: float) -> None:
        """Move the clock, and deliver the events that are due then."""
        self._service.move_to(moment)


async def _serve(app: Any) -> None:
    config = Config()
    config.bind = [f"fd://{sys.argv[1]}"]
    config.certfile, config.keyfile = sys.argv[2], sys.argv[3]
    config.keep_alive_timeout = IDLE
    config.loglevel = os.environ["LOG_LEVEL"]
    asyncio.get_running_loop().add_reader(sys.stdin, _end, sys.argv[4])
    await serve(app, config)


def _end(folder: str) -> None:
    """All there is lives in memory and in one folder: nothing needs to be saved, nobody needs to be waited for."""
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def _with_controls(app: Any, service: CustomLabels, faults: Faults) -> Callable[..., Awaitable[None]]:
    """MiniStack's application, with paths of ours before it and a word on standard output once it has started."""

    async def controlled(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, _announcing(send))
        elif scope["type"] == "http" and scope["path"].startswith(CONTROL):
            body = await _body(receive)
            answer = await asyncio.to_thread(_control, service, faults, scope["path"], body)
            await _answer(send, *answer)
        else:
            await app(scope, receive, send)

    return controlled


def _announcing(send: Any) -> Any:
    async def announce(message: dict[str, Any]) -> None:
        await send(message)
        if message["type"] == "lifespan.startup.complete":
            print(READY, flush=True)

    return announce


def _control(service: CustomLabels, faults: Faults, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """`settings` takes some of the service's settings, `reset` {}: as it was at first.

    `clock` takes {"advance": seconds}, or {"follow_waits": true}: Step Functions has the service's clock then, and a
    Wait or the pause before a Retry moves it at once by as long as it says. With false it has real time again.
    `truth` takes nothing, and answers what the service knows; `mails`, the e-mails of SNS; `traces`, what X-Ray has
    traced. `faults` takes a list of them, which takes the place of those before, or null; it answers those that are in
    force.
    """
    try:
        if path == CONTROL + "truth":
            return 200, service.internal_state()
        if path == CONTROL + "mails":
            return 200, {"mails": mails}
        if path == CONTROL + "traces":
            return 200, {"traces": traced}
        changes = json.loads(body or b"null")
        if path == CONTROL + "faults":
            return 200, _replace_faults(faults, changes)
        if path == CONTROL + "settings":
            service.settings = service.settings.changed(changes)
        elif path == CONTROL + "clock":
            _change_clock(service, changes)
        elif path == CONTROL + "reset":
            service.reset()
            service.settings = Settings()
            service.clock.follows_waits = False
            faults.replace([])
            mails.clear()
            traced.clear()
        else:
            return 404, {
                "message": f"{path} is none of settings, clock, reset, truth, mails, traces and faults under {CONTROL}."
            }
    except (ValueError, KeyError, TypeError) as error:
        return 400, {"message": str(error)}
    return 200, {}


def _replace_faults(faults: Faults, given: object) -> dict[str, Any]:
    if given is not None:
        if not isinstance(given, list):
            raise ValueError(f"The faults are a list, or null, not {given!r}.")
        faults.replace([read_fault(fault) for fault in given])
    return {"faults": [{**fault.as_json(), "struck": struck} for fault, struck in faults.struck()]}


def _change_clock(service: CustomLabels, changes: Any) -> None:
    match changes:
        case {"advance": int() | float() as seconds}:
            service.advance(seconds)
        case {"follow_waits": bool() as follows}:
            service.clock.follows_waits = follows
        case _:
            raise ValueError(f'The clock takes {{"advance": seconds}} or {{"follow_waits": true}}, not {changes!r}.')


async def _body(receive: Any) -> bytes:
    body = b""
    while True:
        message: dict[str, Any] = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _answer(send: Any, status: int, body: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


if __name__ == "__main__":
    main()
