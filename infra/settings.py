"""What a deployment can be told, read from CDK context: `cdk deploy --context email=you@example.com`.

Each setting says itself what it is for and what it accepts; docs/settings.md is written from that.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from typing import Any, Self

from aws_cdk import RemovalPolicy
from aws_cdk import aws_logs as logs

from infra import reading
from infra.reading import MOST_CHARACTERS, MOST_NAMES, MOST_TAGS
from lambdas.rules.tags import Trigger

# Two waits of this length stay far under the 25,000 events that an execution's history may have, where the looks
# become as seldom as this at least.
LONGEST_DEADLINE = 36  # hours
SELDOM = 600  # seconds
# Seconds. The alarm on the oldest execution hears of each in every hour; and two deadlines that a last wait oversteps
# are over before the hour has passed that the state machine gives them besides.
LONGEST_WAIT = 1500

# Of the numbers of days for which CloudWatch Logs can keep.
RETENTIONS = {
    30: logs.RetentionDays.ONE_MONTH,
    60: logs.RetentionDays.TWO_MONTHS,
    90: logs.RetentionDays.THREE_MONTHS,
    120: logs.RetentionDays.FOUR_MONTHS,
    180: logs.RetentionDays.SIX_MONTHS,
    365: logs.RetentionDays.ONE_YEAR,
    731: logs.RetentionDays.TWO_YEARS,
    1827: logs.RetentionDays.FIVE_YEARS,
    3653: logs.RetentionDays.TEN_YEARS,
}
REMOVALS = {"destroy": RemovalPolicy.DESTROY, "retain": RemovalPolicy.RETAIN}

# A key in context that is the CDK's own, not a setting, has one of these in it, or is one of those.
_OF_CDK = re.compile(r"[:/]")
_CDK = ("acknowledged-issue-numbers", "cli-telemetry")

_ADDRESS = re.compile(r"[!-+\--?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_POLICY = re.compile(r"arn:[a-z\d-]+:iam::(\d{12}|aws):policy/[\w+=,.@/-]+", re.ASCII)
_PROJECT = re.compile(r"[a-zA-Z0-9_.\-]{1,255}\*?|\*", re.ASCII)
_STACK = re.compile(r"(?=.{1,50}\Z)[A-Za-z](-?[A-Za-z0-9])*", re.ASCII)
_TOPIC = re.compile(r"arn:[a-z\d-]+:sns:[a-z\d-]+:\d{12}:[\w-]{1,256}", re.ASCII)


def _setting(default: Any, read: Callable[[Any], Any], accepted: str, about: str) -> Any:
    """`read` raises ValueError or TypeError for what is not `accepted`."""
    return field(default=default, metadata={"read": read, "accepted": accepted, "about": about})


def _days(given: Any) -> int:
    if (days := int(given)) not in RETENTIONS or isinstance(given, float | bool):
        raise ValueError
    return days


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The settings, each with its default."""

    stack_name: str = _setting(
        "DatasetDistribution",
        reading.text(_STACK),
        "a letter, then letters and digits, with single hyphens between them, 50 characters at most",
        "The stack's name. Deployments with different names live side by side; give each its own `projects`.",
    )
    projects: tuple[str, ...] = _setting(
        ("*",),
        reading.names(_PROJECT, least=1),
        f"names of projects with commas between them, {MOST_NAMES} and {MOST_CHARACTERS} characters at most; `*` at a "
        "name's end stands for any ending",
        "The projects that this deployment is for: its functions have no rights on others. One that two deployments "
        "are for is distributed once all the same, but both tell people so.",
    )
    trigger: Trigger = _setting(
        Trigger.CREATED,
        Trigger,
        f"one of {', '.join(Trigger)}",
        "When the creation of a dataset starts an execution: `off`, never; `created`, when the training dataset is as "
        "it was created; `tagged`, only where a tag `auto-distribute=true` asks for it.",
    )
    email: tuple[str, ...] = _setting(
        (),
        reading.texts(_ADDRESS),
        "e-mail addresses with commas between them",
        "Who is told every outcome. Each address has to confirm.",
    )
    alarm_email: tuple[str, ...] = _setting(
        (),
        reading.texts(_ADDRESS),
        "e-mail addresses with commas between them",
        "Who is told every alarm, instead of the addresses of `email`. Each has to confirm. Not with `alarmTopicArn`.",
    )
    alarm_topic_arn: str | None = _setting(
        None,
        reading.text(_TOPIC),
        "the ARN of an SNS topic of the same Region",
        "Where alarms go instead of a topic of the stack. Its policy, and that of its key, have to let in CloudWatch.",
    )
    creation_deadline_hours: float = _setting(
        24.0,
        reading.number(0, LONGEST_DEADLINE),
        f"a number of hours, more than 0, at most {LONGEST_DEADLINE}",
        "How long datasets that are being created or changed are waited for.",
    )
    distribution_deadline_hours: float = _setting(
        24.0,
        reading.number(0, LONGEST_DEADLINE),
        f"a number of hours, more than 0, at most {LONGEST_DEADLINE}",
        "How long Rekognition may take to distribute.",
    )
    shortest_wait_seconds: int = _setting(
        10,
        reading.seconds(10, SELDOM),
        f"a whole number of seconds from 10 to {SELDOM}",
        "The first wait between two looks. A wait is about a tenth of the time passed, within these two bounds.",
    )
    longest_wait_seconds: int = _setting(
        SELDOM,
        reading.seconds(SELDOM, LONGEST_WAIT),
        f"a whole number of seconds from {SELDOM} to {LONGEST_WAIT}",
        "The longest wait between two looks.",
    )
    oldest_execution_hours: float = _setting(
        12.0,
        reading.number(0, 2 * LONGEST_DEADLINE),
        "a number of hours, more than 0, less than both deadlines together",
        "An alarm tells when an execution has been running for longer.",
    )
    retention_days: int = _setting(
        90,
        _days,
        f"one of {', '.join(map(str, RETENTIONS))}",
        "How long logs and report pages are kept.",
    )
    removal_policy: RemovalPolicy = _setting(
        RemovalPolicy.DESTROY,
        REMOVALS.__getitem__,
        f"one of {', '.join(REMOVALS)}",
        "What `cdk destroy` does with records, reports, logs, the trail's files and the key. Everything else goes, "
        "with the events that could not be delivered. A key that is destroyed is deleted after 30 days, and costs "
        "nothing until then.",
    )
    image_buckets: tuple[str, ...] = _setting(
        (),
        reading.names(_BUCKET, least=0),
        f"names of buckets with commas between them, {MOST_NAMES} and {MOST_CHARACTERS} characters at most",
        "The buckets whose images the distribution may read, should Rekognition ask for that.",
    )
    permissions_boundary: str | None = _setting(
        None,
        reading.text(_POLICY),
        "the ARN of a managed policy of IAM",
        "The permissions boundary of every role of the stack.",
    )
    tags: tuple[tuple[str, str], ...] = _setting(
        (),
        reading.tags,
        f"key=value with commas between them, each key once, {MOST_TAGS} at most, of the characters that AWS takes",
        "Tags for every resource of the stack.",
    )
    create_dashboard: bool = _setting(
        True,
        reading.yes_or_no,
        "true or false",
        "Whether there is a dashboard in CloudWatch. The first three of an account are free.",
    )
    create_trail: bool = _setting(
        False,
        reading.yes_or_no,
        "true or false",
        "Whether the stack makes a CloudTrail trail of management events, without which no event arrives. For an "
        "account and Region that has none; the first copy of management events is free.",
    )

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Raises ValueError with the key, the value and what is accepted."""
        known = {key_of(each): each for each in fields(cls)}
        unknown = sorted(key for key in context if not of_cdk(key) and key not in known)
        if unknown:
            raise ValueError(f"Context {unknown[0]} is no setting; the settings are {', '.join(known)}.")
        given = {key: context[key] for key in known if context.get(key) is not None}
        settings = cls(**{known[key].name: _read(known[key], value) for key, value in given.items()})
        settings._agree()
        return settings

    def _agree(self) -> None:
        """Raises ValueError where one makes nothing of another."""
        if self.alarm_email and self.alarm_topic_arn:
            raise ValueError("Context alarmEmail and alarmTopicArn exclude each other; give one of them.")
        longest = self.creation_deadline_hours + self.distribution_deadline_hours
        if self.oldest_execution_hours >= longest:
            raise ValueError(
                f"Context oldestExecutionHours is {self.oldest_execution_hours:g}, and no execution gets so old; give "
                f"less than creationDeadlineHours and distributionDeadlineHours together, which is {longest:g}."
            )


def of_cdk(key: str) -> bool:
    """Whether it is the CDK's and no setting."""
    return bool(_OF_CDK.search(key)) or key in _CDK


def key_of(setting: "Field[Any]") -> str:
    """In context a setting is written as JSON is: `creationDeadlineHours`."""
    first, *others = setting.name.split("_")
    return first + "".join(map(str.capitalize, others))


def _read(setting: "Field[Any]", given: Any) -> Any:
    if given == "" and setting.default in (None, ()):
        return setting.default
    try:
        return setting.metadata["read"](given)
    except (ValueError, TypeError, KeyError, AttributeError):
        raise ValueError(f"Context {key_of(setting)} is {given!r}; give {setting.metadata['accepted']}.") from None
