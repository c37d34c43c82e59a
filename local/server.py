"""The process of the local AWS: it serves MiniStack on the socket that it inherits, until its standard input closes.

The parent holds the other end of standard input. However the parent ends, the pipe closes. Then this process removes
its folder and ends, with the Lambda processes of its group.
"""

import asyncio
import json
import os
import shutil
import signal
import socket
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import uvloop
from ministack import app as ministack
from uvicorn import Config, Server

from local import rekognition_service
from local.custom_labels.clock import Clock
from local.custom_labels.service import CustomLabels
from local.custom_labels.settings import Settings
from local.event_bus import put_event
from local.faults import injection
from local.faults.fault import read_fault
from local.faults.matcher import Faults
from local.ministack_patches.lambda_functions.asynchronous_invocations import wait_until_idle
from local.ministack_patches.mailbox import mails
from local.ministack_patches.order import install_patches
from local.ministack_patches.step_functions.waits import use_clock
from local.ministack_patches.traces import traced
from local.rekognition_service import ServiceClock
from local.trail import create_trail

CONTROL = "/_custom_labels/"
CONTROLS = ("settings", "clock", "reset", "faults", "internal_state", "mails", "traces", "idle")
READY = "ready"
KEEP_ALIVE_SECONDS = 3600  # an idle connection is closed after this


def main() -> None:
    """Serve until standard input closes."""
    service = CustomLabels(clock=Clock(), settings=Settings(), put_event=put_event)
    faults = Faults()
    rekognition_service.install(service)
    use_clock(ServiceClock(service))
    install_patches()
    create_trail(os.environ["MINISTACK_ACCOUNT_ID"], os.environ["MINISTACK_REGION"])
    # After the patches: a fault comes before the check of a role.
    app = injection.install(ministack.app, faults)
    uvloop.run(_serve(_with_controls(app, service, faults)))


async def _serve(app: Any) -> None:
    listener, certificate, key, folder = sys.argv[1:]
    config = Config(
        app,
        http="httptools",
        lifespan="on",
        ssl_certfile=certificate,
        ssl_keyfile=key,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        log_level=os.environ["LOG_LEVEL"].lower(),
        access_log=False,
        server_header=False,  # AWS sends none
        date_header=False,  # MiniStack sends it
    )
    asyncio.get_running_loop().add_reader(sys.stdin, _end, folder)
    await Server(config).serve([socket.socket(fileno=int(listener))])


def _end(folder: str) -> None:
    """Remove the folder and kill the process group. The local AWS keeps nothing, so nothing must be saved first."""
    shutil.rmtree(folder, ignore_errors=True)
    os.killpg(0, signal.SIGKILL)


def _with_controls(app: Any, service: CustomLabels, faults: Faults) -> Callable[..., Awaitable[None]]:
    """MiniStack's application, with the controls under CONTROL. It prints READY once it has started."""

    async def controlled(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await app(scope, receive, _announce_start(send))
        elif scope["type"] == "http" and scope["path"].startswith(CONTROL):
            body = await _read_body(receive)
            answer = await asyncio.to_thread(_control, service, faults, scope["path"], body)
            await _send_answer(send, *answer)
        else:
            await app(scope, receive, send)

    return controlled


def _announce_start(send: Any) -> Any:
    async def announce(message: dict[str, Any]) -> None:
        await send(message)
        if message["type"] == "lifespan.startup.complete":
            print(READY, flush=True)

    return announce


def _control(service: CustomLabels, faults: Faults, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """HTTP status and body for a control.

    `settings` takes settings of the service by name, and changes these.
    `clock` takes {"advance": seconds}, or {"follow_waits": true}: then Step Functions has the service's clock, and a
    Wait or the pause before a Retry moves it on at once. With false, Step Functions has real time again.
    `reset` takes {}: projects, datasets, settings, faults, e-mails and traces are as at the start.
    `faults` takes a list, which replaces the faults in force, or null. It answers with the faults in force.
    `internal_state` answers with what the service knows, `mails` with the e-mails of SNS, `traces` with the traces of
    X-Ray. They take nothing.
    `idle` takes nothing, and answers when no event is on its way and no asynchronous invocation is running or waiting.
    """
    try:
        if path == CONTROL + "internal_state":
            return 200, service.internal_state()
        if path == CONTROL + "mails":
            return 200, {"mails": mails}
        if path == CONTROL + "traces":
            return 200, {"traces": traced}
        if path == CONTROL + "idle":
            wait_until_idle()
            return 200, {}
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
            return 404, {"message": f"There is no control {path}; there are {', '.join(CONTROLS)} under {CONTROL}."}
    except (ValueError, KeyError, TypeError) as error:
        return 400, {"message": str(error)}
    return 200, {}


def _replace_faults(faults: Faults, given: object) -> dict[str, Any]:
    if given is not None:
        if not isinstance(given, list):
            raise ValueError(f"The faults must be a list or null, not {given!r}.")
        faults.replace([read_fault(fault) for fault in given])
    return {"faults": [{**fault.as_json(), "matched": count} for fault, count in faults.match_counts()]}


def _change_clock(service: CustomLabels, changes: Any) -> None:
    match changes:
        case {"advance": int() | float() as seconds}:
            service.advance(seconds)
        case {"follow_waits": bool() as follows}:
            service.clock.follows_waits = follows
        case _:
            raise ValueError(f'The clock takes {{"advance": seconds}} or {{"follow_waits": true}}, not {changes!r}.')


async def _read_body(receive: Any) -> bytes:
    body = b""
    while True:
        message: dict[str, Any] = await receive()
        body += bytes(message.get("body", b""))
        if not message.get("more_body"):
            return body


async def _send_answer(send: Any, status: int, body: dict[str, Any]) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


if __name__ == "__main__":
    main()
