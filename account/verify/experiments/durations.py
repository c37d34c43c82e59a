"""How long creations, updates and deletions take, and what a change shows while it lasts."""

from account.verify.answer import Answer
from account.verify.lab import Lab, Sight, in_progress, update_ended
from account.verify.manifest import images


def observe_changes(lab: Lab) -> list[Answer]:
    """Creates a dataset of ten entries, adds ten, and deletes it."""
    lines = images(lab.bucket, 20, "cat", "pet")
    train = lab.begin(lab.project(), "TRAIN", lines[:10])
    created = lab.watch(train, quiet=0)
    lab.update(train, *lines[10:])
    updated = lab.watch(train, done=update_ended)
    lab.rekognition.delete_dataset(DatasetArn=train)
    deleted = lab.watch(train, quiet=0)
    return [
        _lasted("creation_seconds", created),
        _lasted("update_seconds", updated),
        _lasted("deletion_seconds", deleted),
        *read_messages([*created, *updated]),
        read_precision([*created, *updated]),
    ]


def read_messages(sights: list[Sight]) -> list[Answer]:
    """What StatusMessage and StatusMessageCode are while a change lasts, and the code after success."""
    shown = [each for sight in sights for each in sight.shown]
    during = next((each for each in shown if in_progress(each)), None)
    after = next((each for each in shown if each["Status"].endswith("_COMPLETE")), None)
    answers = []
    if during:
        message, code = during.get("StatusMessage"), during.get("StatusMessageCode")
        answers = [
            Answer(
                "in_progress_message", "absent" if message is None else "present", f"{during['Status']}: {message!r}"
            ),
            Answer("in_progress_message_code", code or "absent", f"{during['Status']}: {code!r}"),
        ]
    if after:
        code = after.get("StatusMessageCode")
        answers.append(Answer("success_message_code", code or "absent", f"{after['Status']}: {code!r}"))
    return answers


def read_precision(sights: list[Sight]) -> Answer:
    """Whether any timestamp has a fraction of a second."""
    stamps = [each[key] for sight in sights for each in sight.shown for key in each if key.endswith("Timestamp")]
    fractions = sorted({stamp.microsecond // 1000 for stamp in stamps})
    precision = "milliseconds" if any(fractions) else "seconds"
    return Answer("timestamps", precision, f"milliseconds of {len(stamps)} timestamps: {fractions[:5]}")


def _lasted(setting: str, sights: list[Sight]) -> Answer:
    seconds = sights[-1].at
    return Answer(setting, round(seconds, 1), f"{sights[-1].shown[0]['Status']} after {seconds:.1f} s")
