"""The plausible answers to what AWS does not say, from the settings of the Custom Labels service themselves."""

from typing import Any

from local.custom_labels.settings import Settings, accepted_answers

Answer = dict[str, Any]

LAG = 30.0  # seconds: longer than the workflow waits before it looks, shorter than it takes to give up

# The setting of the stack that one answer calls for: the images of the tests are in this bucket.
MAY_READ_IMAGES = {"imageBuckets": "images"}

# The answers that the workflow cannot meet, by setting, and why.
_NOT_CALLED = "it does not call this operation"
_IMPORT = "a dataset could be created or not, by whichever rule"
_READ_BEFORE = "it refuses such an input itself"
_LOOKED_BEFORE = "it looks at both datasets right before it asks, and does not ask then"
CANNOT_MATTER = {
    **dict.fromkeys(
        (f"{verb}_while_{what}ing" for verb in ("update", "delete") for what in ("creat", "updat", "delet")),
        _NOT_CALLED,
    ),
    **dict.fromkeys(
        (f"{verb}_after_failed_{what}" for verb in ("update", "delete") for what in ("creation", "update")), _NOT_CALLED
    ),
    "has_errors_false": _NOT_CALLED,
    "manifest_extension_required": _IMPORT,
    "wrong_pair": _READ_BEFORE,
    "foreign_arn_error": _READ_BEFORE,
    "train_empty": _LOOKED_BEFORE,
    "distribute_while_creating": _LOOKED_BEFORE,
    "distribute_while_deleting": _LOOKED_BEFORE,
    "distribute_after_failed_creation": _LOOKED_BEFORE,
    "denied_error_code": "its rule asks for events without any errorCode",
}

# What makes an answer tell.
_COMPANIONS: dict[str, Answer] = {
    "stale_datasets": {"stale_status_seconds": LAG},
    "spared_dataset": {"failed_datasets": "train"},
}

# Answers in numbers, and those that tell only together.
_MORE: list[Answer] = [
    {"stale_status_seconds": LAG},
    {"stats_late_seconds": LAG},
    {"min_per_label": 1},
    {"min_per_label": 3},
    {"failed_datasets": "test", "spared_dataset": "earlier"},
    {"last_updated": "end", "stale_status_seconds": LAG},
]


def plausible() -> list[Answer]:
    """Each that differs from the default and can matter, with what makes it tell."""
    told = [
        {name: other, **_COMPANIONS.get(name, {})}
        for name in Settings.model_fields
        if name not in CANNOT_MATTER
        for other in accepted_answers(name)[1:]
    ]
    return told + _MORE


def answers_to(*names: str) -> list[Answer]:
    """Every accepted answer to each of these settings, the default too."""
    return [{name: value} for name in names for value in accepted_answers(name)]


def named(answer: Answer) -> str:
    """As the option --answer takes it."""
    return ",".join(f"{name}={_text(value)}" for name, value in answer.items())


def read(text: str) -> Answer:
    """What `named` made; ValueError for a setting that does not exist or a value that it does not accept."""
    answer = {name: _value(value) for name, _, value in (part.partition("=") for part in text.split(",") if part)}
    Settings().changed(answer)
    return answer


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    try:
        return float(text) if "." in text else int(text)
    except ValueError:
        return text
