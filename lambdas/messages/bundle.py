"""What Report outcome returns to the state machine, which only sends it.

A state's data has at most 256 KB ("Service quotas", AWS Step Functions Developer Guide), and no Catch catches an error
about that. So the bundle contains the notice, which has the labels, only once.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from lambdas.messages.chat import make_chat
from lambdas.messages.mail import make_mail
from lambdas.messages.notice import make_notice
from lambdas.messages.outcome import Outcome
from lambdas.messages.subject import make_subject
from lambdas.rules.failures.ending import DETAIL_TYPES, end_with_failure, end_with_success, with_advice

NO_EVENT = "The completion event could not be sent. The history of the execution says why."


def make_bundle(outcome: Outcome, output: Mapping[str, Any] | None) -> dict[str, Any]:
    """Each message as a text for SNS and EventBridge, and the ending of the execution.

    The members of `WithoutEvent` replace those of the same name if the completion event could not be sent.
    """
    return {
        "Subject": make_subject(outcome),
        "Notice": _write_json(make_notice(outcome)),
        "Mail": make_mail(outcome),
        "Chat": _write_json(make_chat(outcome)),
        "DetailType": DETAIL_TYPES[outcome.name],
        "Attributes": {
            "outcome": outcome.name,
            "project": outcome.project_name or "unknown",
            "error": outcome.error or "none",
            "startedBy": outcome.started_by,
        },
        "WithoutEvent": {"Mail": make_mail(replace(outcome, notes=[*outcome.notes, NO_EVENT]))},
        "Ending": _make_ending(outcome, output),
    }


def _make_ending(outcome: Outcome, output: Mapping[str, Any] | None) -> dict[str, Any]:
    if outcome.error:
        return end_with_failure(outcome.error, with_advice(outcome.reason, outcome.advice))
    return end_with_success(outcome.reason, {**(output or {}), "ReportLink": outcome.report_link})


def _write_json(message: Mapping[str, Any]) -> str:
    """JSON without spaces, and with characters unescaped, for the fewest bytes."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))
