"""HTTP calls that a fault matches: they fail before they reach MiniStack, or their answer changes."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs

from local.faults.apis import Answer, error_answer
from local.faults.fault import Fault
from local.faults.matcher import Call, Faults
from local.ministack_patches.lambda_functions import process_credentials

CREDENTIAL = re.compile(r"Credential=(?P<key>[^/]+)/\d+/[^/]+/(?P<service>[^/]+)/")
DATASET = re.compile(r'"DatasetArn":\s*"[^"]*/dataset/(train|test)/')
CONTENT_TYPE = "application/x-amz-json-1.1"

Message = dict[str, Any]
App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


@dataclass(frozen=True)
class _Request:
    """A request whose body has been read; `more` receives the messages after the body."""

    access_key_id: str
    service: str
    operation: str
    body: bytes
    more: Callable[[], Awaitable[Message]]

    @property
    def call(self) -> Call:
        dataset = DATASET.search(self.body.decode(errors="replace"))
        by_function = process_credentials.is_function(self.access_key_id)
        return Call(f"{self.service}:{self.operation}", by_function, dataset[1] if dataset else "")

    def receiver(self) -> Callable[[], Awaitable[Message]]:
        """A function from which an application receives the whole request."""
        unread = [{"type": "http.request", "body": self.body, "more_body": False}]

        async def receive() -> Message:
            return unread.pop() if unread else await self.more()

        return receive


def failing_calls(app: App, faults: Faults) -> App:
    """The application, whose calls fail as the faults in force say."""

    async def failing(scope: Message, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not faults.match_counts():
            await app(scope, receive, send)
            return
        request = await _read_request(scope, receive)
        fault = faults.match(request.call)
        if fault is None:
            await app(scope, request.receiver(), send)
            return
        answer = await _answer_call(fault, app, scope, request)
        if answer is None:
            _close(send)
        for message in answer or []:
            await send(message)

    return failing


async def _read_request(scope: Message, receive: Any) -> _Request:
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
    credential = CREDENTIAL.search(headers.get("authorization", ""))
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    target = headers.get("x-amz-target", "").rpartition(".")[2]
    operation = target or parse_qs(body.decode(errors="replace")).get("Action", [""])[0]
    key, service = credential.groups() if credential else ("", "")
    return _Request(key, service, operation, body, receive)


async def _answer_call(fault: Fault, app: App, scope: Message, request: _Request) -> list[Message] | None:
    """The messages of the answer; None if the connection is closed instead."""
    await asyncio.sleep(0 if fault.after else fault.seconds)
    answer = await _get_true_answer(app, scope, request) if fault.takes_effect else []
    await asyncio.sleep(fault.seconds if fault.after else 0)
    if fault.kill:
        process_credentials.kill(request.access_key_id)
    if fault.kill or fault.cut:
        return None
    if fault.error:
        return _answer_messages(error_answer(request.service, fault.error, fault.message))
    return _change_description(fault, answer) if fault.show and answer[0]["status"] == 200 else answer


async def _get_true_answer(app: App, scope: Message, request: _Request) -> list[Message]:
    answer: list[Message] = []

    async def keep(message: Message) -> None:
        answer.append(message)

    await app(scope, request.receiver(), keep)
    return answer


def _change_description(fault: Fault, answer: list[Message]) -> list[Message]:
    content = json.loads(b"".join(message.get("body", b"") for message in answer))
    content["DatasetDescription"] |= fault.show
    return _answer_messages((200, CONTENT_TYPE, json.dumps(content).encode()))


def _answer_messages(answer: Answer) -> list[Message]:
    status, content_type, body = answer
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    start = {"type": "http.response.start", "status": status, "headers": headers}
    return [start, {"type": "http.response.body", "body": body}]


def _close(send: Any) -> None:
    """ASGI cannot close a connection without an answer. Uvicorn's cycle can: `send` is one of its methods."""
    cycle = send.__self__
    cycle.disconnected = True
    cycle.transport.close()
