"""Events of API calls on MiniStack's EventBridge."""

import contextvars
import json
from datetime import datetime
from typing import Any

from ministack.core import iam_evaluator, responses
from ministack.services import eventbridge

from local.trail import logs_calls


def put_event(event: dict[str, Any]) -> None:
    """Put the event of an API call on the default bus of the account and Region that it names, if a trail logs it.

    PutEvents would give the event another id and another time. The event does not belong to the current request.
    """
    if logs_calls(event["account"], event["region"]):
        contextvars.copy_context().run(_dispatch, event)


def _dispatch(event: dict[str, Any]) -> None:
    record = {
        "EventId": event["id"],
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "EventBusName": "default",
        "Time": int(datetime.fromisoformat(event["time"]).timestamp()),
        "Resources": event["resources"],
        "Account": event["account"],
        "Region": event["region"],
    }
    iam_evaluator.pin_request_origin("127.0.0.1", secure_transport=True)  # services call one another over TLS
    with responses.request_scope(event["account"], event["region"]):
        eventbridge._dispatch_event(record)
        eventbridge._archive_event(record)
