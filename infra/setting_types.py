"""The kinds of values that settings accept, and their limits."""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from aws_cdk import RemovalPolicy
from aws_cdk.aws_logs import RetentionDays
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

# An execution that waits until both deadlines, with a longest interval of at least SELDOM, stays under the 25,000
# events of a history ("Service quotas", AWS Step Functions Developer Guide).
LONGEST_DEADLINE = 36  # hours
SELDOM = 600  # seconds
# An old execution sends its age to the alarm at least once an hour. Two last waits fit into the hour that the state
# machine has beyond both deadlines.
LONGEST_WAIT = 1500  # seconds
# Names of projects and buckets are in the policies of roles and in a function's environment, which has 4 KB
# ("Lambda quotas", AWS Lambda Developer Guide).
MOST_NAMES = 30
MOST_CHARACTERS = 1500
LONGEST_SWEEP = 168  # hours: a week
MOST_TAGS = 40  # CloudFormation accepts 50 for a stack, and the CDK adds some
# Days: some of the periods that CloudWatch Logs offers.
RETENTIONS = {
    30: RetentionDays.ONE_MONTH,
    60: RetentionDays.TWO_MONTHS,
    90: RetentionDays.THREE_MONTHS,
    120: RetentionDays.FOUR_MONTHS,
    180: RetentionDays.SIX_MONTHS,
    365: RetentionDays.ONE_YEAR,
    731: RetentionDays.TWO_YEARS,
    1827: RetentionDays.FIVE_YEARS,
    3653: RetentionDays.TEN_YEARS,
}
REMOVALS = {"destroy": RemovalPolicy.DESTROY, "retain": RemovalPolicy.RETAIN}


def _split(given: Any) -> Any:
    """The command line gives a list as text, cdk.json as text or as a list."""
    return [each.strip(" ") for each in given.split(",")] if isinstance(given, str) else given


def _split_tags(given: Any) -> Any:
    """cdk.json may give an object, too."""
    tags = [f"{key}={value}" for key, value in given.items()] if isinstance(given, Mapping) else _split(given)
    return [str(tag).partition("=")[::2] for tag in tags] if isinstance(tags, list) else tags


def _check_names(names: tuple[str, ...]) -> tuple[str, ...]:
    if len(names) > MOST_NAMES or len("".join(names)) > MOST_CHARACTERS:
        raise ValueError
    return names


def _check_tags(tags: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    if len(dict(tags)) < len(tags) or len(tags) > MOST_TAGS:
        raise ValueError
    return tags


def matching(pattern: str) -> StringConstraints:
    """A text that the pattern matches as a whole."""
    return StringConstraints(pattern=rf"^({pattern})\Z")


T = TypeVar("T")
Several = Annotated[tuple[T, ...], BeforeValidator(_split), AfterValidator(lambda given: tuple(dict.fromkeys(given)))]
Names = Annotated[Several[T], AfterValidator(_check_names)]
Address = Annotated[str, matching(r"[!-+\--?A-~]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")]
Addresses = Annotated[Several[Address], "e-mail addresses with commas between them"]
Bucket = Annotated[str, matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")]
Key = Annotated[str, matching(r"arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,64}")]
Project = Annotated[str, matching(r"[a-zA-Z0-9_.-]{1,255}\*?|\*")]
TagKey = Annotated[str, matching(r"(?![aA][wW][sS]:)[\w.:/+\-@][\w .:/+\-@]{0,127}")]
TagValue = Annotated[str, matching(r"[\w .:/=+\-@]{1,256}")]
# By way of text: pydantic takes true for the number 1.
Hours = Annotated[float, BeforeValidator(str), Field(gt=0, allow_inf_nan=False)]
Deadline = Annotated[Hours, Field(le=LONGEST_DEADLINE), f"a number of hours, more than 0, at most {LONGEST_DEADLINE}"]
Switch = Annotated[
    bool, BeforeValidator(lambda given: {"true": True, "false": False}.get(str(given).lower())), "true or false"
]
Retention = Annotated[
    int,
    BeforeValidator(lambda given: {str(days): days for days in RETENTIONS}.get(str(given))),
    f"one of {', '.join(map(str, RETENTIONS))}",
]
Removal = Annotated[
    RemovalPolicy,
    BeforeValidator(lambda given: REMOVALS.get(given) if isinstance(given, str) else given),
    f"one of {', '.join(REMOVALS)}",
]
Tags = Annotated[
    tuple[tuple[TagKey, TagValue], ...],
    BeforeValidator(_split_tags),
    AfterValidator(_check_tags),
    f"key=value with commas between them, each key once, {MOST_TAGS} at most, of the characters that AWS takes",
]
