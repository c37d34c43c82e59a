"""CloudTrail's events: how late and how often they arrive, and how they spell."""

import json
from typing import Any

from account.session import SESSION
from account.verify.answer import Answer
from account.verify.lab import EVERY, Lab, refusal
from account.verify.mailbox import Mailbox

PATIENCE = 900.0  # seconds that an event may take
MORE = 60.0  # seconds in which a second copy may come


def observe_events(lab: Lab, trail: Mailbox, rekognition_of_role: Any) -> list[Answer]:
    """Creates an empty dataset, and lets the role try to create another one, which is denied."""
    project = lab.project()
    refusal(rekognition_of_role.create_dataset, ProjectArn=project, DatasetType="TRAIN")
    began = lab.clock.now()
    dataset = lab.begin(project, "TEST")
    bodies = lab.wait_until(lambda: trail.with_word(dataset), PATIENCE)
    delay = lab.clock.now() - began
    if not bodies:
        silence = f"no event within {PATIENCE / 60:g} minutes; is there a trail?"
        return [Answer(name, None, silence) for name in ("request_key_casing", "response_key_casing", "event_copies")]
    lab.wait_until(lambda: len(trail.with_word(dataset)) > 1, MORE)
    # The event of a denied call may have no parameters, so the role's session names it.
    denied = lab.wait_until(lambda: trail.with_word(SESSION), PATIENCE)
    detail, copies = json.loads(bodies[0])["detail"], len(trail.with_word(dataset))
    return [
        _casing("request_key_casing", detail.get("requestParameters"), "projectArn", "absent"),
        _casing("response_key_casing", detail.get("responseElements"), "datasetArn", None),
        Answer("event_copies", copies, f"{copies} within {MORE:g} s after the first"),
        Answer(
            "event_delay_seconds", round(delay - EVERY, 1) if delay > EVERY else 0.0, f"{delay:.1f} s after the call"
        ),
        _denial(denied),
    ]


def _casing(setting: str, keys: Any, camel: str, otherwise: str | None) -> Answer:
    names = list(keys or {})
    answer = "lower_camel" if camel in names else "pascal" if camel[:1].upper() + camel[1:] in names else otherwise
    return Answer(setting, answer, f"the keys are {', '.join(names)}")


def _denial(bodies: list[str]) -> Answer:
    code = json.loads(bodies[-1])["detail"].get("errorCode") if bodies else None
    return Answer("denied_error_code", code, f"the errorCode of a denied call is {code!r}")
