"""The plausible answers to the questions that AWS leaves open, from the settings of the Custom Labels service."""

from pathlib import Path
from typing import Any

from local.answers_file import read_answers
from local.custom_labels.settings import Settings, accepted_answers

Answer = dict[str, Any]

DURATIONS = ("creation_seconds", "update_seconds", "distribution_seconds", "deletion_seconds")
LAG = 30.0  # seconds: longer than the workflow's first polling interval, shorter than its wait for an effect

# The setting of the stack that `distribution_reads_images` needs. The images of the tests are in this bucket.
MAY_READ_IMAGES = {"imageBuckets": "images"}

# The settings whose answers the workflow cannot meet, and why.
_NOT_CALLED = "the workflow does not call this operation"
_NOT_READ = "the workflow does not read this member"
_IMPORT = "it only decides whether a dataset is created"
_REFUSED = "the workflow refuses such an input itself"
_POLLED = "the workflow polls both datasets right before the call, and does not call then"
CANNOT_MATTER = {
    **dict.fromkeys(
        (f"{verb}_while_{what}ing" for verb in ("update", "delete") for what in ("creat", "updat", "delet")),
        _NOT_CALLED,
    ),
    **dict.fromkeys(
        (f"{verb}_after_failed_{what}" for verb in ("update", "delete") for what in ("creation", "update")), _NOT_CALLED
    ),
    **dict.fromkeys(("has_errors_false", "listed_lines", "listed_errors"), _NOT_CALLED),
    "default_feature": _NOT_READ,
    "unavailable_region": "the stack calls Rekognition in its own Region only; the README names the Regions for it",
    "manifest_extension_required": _IMPORT,
    "wrong_pair": _REFUSED,
    "foreign_arn_error": _REFUSED,
    "train_empty": _POLLED,
    "distribute_while_creating": _POLLED,
    "distribute_while_deleting": _POLLED,
    "distribute_after_failed_creation": _POLLED,
    "denied_error_code": "the rule matches events without an errorCode only",
}

# Other settings that an answer needs to have an effect.
_COMPANIONS: dict[str, Answer] = {
    "stale_datasets": {"stale_status_seconds": LAG},
    "spared_dataset": {"failed_datasets": "train"},
}

# Numbers, and answers that have an effect only together.
_MORE: list[Answer] = [
    {"stale_status_seconds": LAG},
    {"stats_late_seconds": LAG},
    {"min_per_label": 1},
    {"min_per_label": 3},
    {"failed_datasets": "test", "spared_dataset": "earlier"},
    {"last_updated": "end", "stale_status_seconds": LAG},
]


def plausible() -> list[Answer]:
    """Each answer that differs from the default and can matter, with the settings that it needs."""
    others = [
        {name: other, **_COMPANIONS.get(name, {})}
        for name in Settings.model_fields
        if name not in CANNOT_MATTER
        for other in accepted_answers(name)[1:]
    ]
    return others + _MORE


def answers_to(*names: str) -> list[Answer]:
    """Every accepted answer to each of these settings, the default first."""
    return [{name: value} for name in names for value in accepted_answers(name)]


def named(answer: Answer) -> str:
    """The answer in the form of the option --answer."""
    return ",".join(f"{name}={_text(value)}" for name, value in answer.items())


def read(text: str) -> Answer:
    """The answer that `named` wrote, or that is in a file: @path. The tests set how long changes take.

    Raises ValueError for an unknown setting or a value not accepted.
    """
    if text.startswith("@"):
        answers = read_answers(Path(text[1:]))
        return {name: value for name, value in answers.items() if name not in DURATIONS}
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
