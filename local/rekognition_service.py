"""The Custom Labels service as a service of MiniStack."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app as ministack
from ministack.core import iam_actions, router
from ministack.services import stepfunctions

from local import rekognition_cloudformation, rekognition_iam
from local.custom_labels.service import CustomLabels
from local.custom_labels.wire import handle
from local.rekognition_iam import SERVICE, Response

TARGET_PREFIX = "RekognitionService"

Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Response]]


def install(service: CustomLabels) -> None:
    """Let MiniStack send every call of Rekognition, also of a task, to the service, after IAM has allowed it."""
    router.SERVICE_PATTERNS[SERVICE] = {
        "target_prefixes": [TARGET_PREFIX],
        "host_patterns": [rf"{SERVICE}\."],
        "credential_scope": SERVICE,
    }
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    stepfunctions._AWS_SDK_SERVICE_MAP[SERVICE] = {"target_prefix": TARGET_PREFIX, "protocol": "json"}
    rekognition_iam.install(service)
    rekognition_cloudformation.install(service)
    ministack.SERVICE_HANDLERS[SERVICE] = _create_handler(service)


class ServiceClock:
    """The clock of the Custom Labels service, as Step Functions uses it (ministack_patches/step_functions/waits.py)."""

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


def _create_handler(service: CustomLabels) -> Handler:
    async def handle_request(
        _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
    ) -> Response:
        caller = rekognition_iam.read_caller(headers)
        refusal = rekognition_iam.refuse_further_resources(headers, body, caller)
        if refusal:
            return refusal
        return await asyncio.to_thread(handle, service, headers.get("x-amz-target", ""), body, caller)

    return handle_request
