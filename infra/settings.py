"""The settings of a deployment, read from CDK context: `cdk deploy --context email=you@example.com`.

`make docs` writes docs/settings.md from the fields: the docstring of a field says what it is for, and the text in its
`Annotated` says what it accepts.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any, Self

from aws_cdk import RemovalPolicy
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticUseDefault

from infra.setting_types import (
    LONGEST_DEADLINE,
    LONGEST_SWEEP,
    LONGEST_WAIT,
    MOST_CHARACTERS,
    MOST_NAMES,
    SELDOM,
    Addresses,
    Bucket,
    Deadline,
    Hours,
    Key,
    Names,
    Project,
    Removal,
    Retention,
    Switch,
    Tags,
    matching,
)
from lambdas.rules.tags import Trigger

SIMILAR = 0.8  # of difflib: `triger` is like `trigger`, but `stage` is not like `tags`


def of_cdk(key: str) -> bool:
    """Whether this key of context belongs to the CDK and is no setting."""
    return bool(re.search("[:/]", key)) or key in ("acknowledged-issue-numbers", "cli-telemetry")


class Settings(BaseModel):
    """The settings, each with its default."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        regex_engine="python-re",  # the other one has no lookahead
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=False,
        use_attribute_docstrings=True,
    )

    stack_name: Annotated[
        str,
        matching(r"(?=.{1,50}\Z)[A-Za-z](-?[A-Za-z0-9])*"),
        "a letter, then letters and digits, with single hyphens between them, 50 characters at most",
    ] = "DatasetDistribution"
    """The stack's name. Deployments with different names can share an account; give each its own `projects`."""

    projects: Annotated[
        Names[Project],
        Field(min_length=1),
        f"names of projects with commas between them, {MOST_NAMES} and {MOST_CHARACTERS} characters at most; `*` at a "
        "name's end stands for any ending",
    ] = ("*",)
    """The projects of this deployment. Its functions have no rights on other projects. If two deployments share a
    project, it is distributed once, but both may notify people."""

    trigger: Annotated[Trigger, f"one of {', '.join(Trigger)}"] = Trigger.CREATED
    """When the creation of a dataset starts a distribution. `off`: never. `created`: unless the training dataset was
    edited since its creation. `tagged`: only if a tag `auto-distribute=true` asks for it."""

    email: Addresses = ()
    """The addresses that receive every outcome. They also receive the alarms, unless `alarmEmail` or `alarmTopicArn`
    is set. Each address must confirm its subscription."""

    alarm_email: Addresses = ()
    """The addresses that receive the alarms, instead of the addresses in `email`. Each address must confirm its
    subscription. Not together with `alarmTopicArn`."""

    alarm_topic_arn: Annotated[
        str | None,
        matching(r"arn:[a-z0-9-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}"),
        "the ARN of an SNS topic of the same Region",
    ] = None
    """The SNS topic that receives the alarms, instead of a topic of the stack. The policies of the topic and of its key
    must allow CloudWatch to publish."""

    sweep_hours: Annotated[
        int, BeforeValidator(str), Field(ge=0, le=LONGEST_SWEEP), f"a whole number of hours from 0 to {LONGEST_SWEEP}"
    ] = 24
    """How often a sweep starts executions for pairs that nothing has started one for. 0 is never. Nothing sweeps by
    itself while `trigger` is `off`."""

    quiet_hours: Annotated[
        Hours, Field(le=LONGEST_SWEEP), f"a number of hours, more than 0, at most {LONGEST_SWEEP}"
    ] = 1.0
    """How long an edited training dataset must have been unchanged before a sweep starts an execution for it. It also
    needs the tag `auto-distribute=true`."""

    creation_deadline_hours: Deadline = 24.0
    """How long the workflow waits for datasets that are being created or updated."""

    distribution_deadline_hours: Deadline = 24.0
    """How long the workflow waits for Rekognition to finish a distribution."""

    shortest_wait_seconds: Annotated[
        int,
        Field(ge=10, le=SELDOM),
        f"a whole number of seconds from 10 to {SELDOM}",
    ] = 10
    """The shortest polling interval. A polling interval is about a tenth of the time that has passed, within the
    shortest and the longest."""

    longest_wait_seconds: Annotated[
        int, Field(ge=SELDOM, le=LONGEST_WAIT), f"a whole number of seconds from {SELDOM} to {LONGEST_WAIT}"
    ] = SELDOM
    """The longest polling interval."""

    oldest_execution_hours: Annotated[
        Hours, Field(le=2 * LONGEST_DEADLINE), "a number of hours, more than 0, less than both deadlines together"
    ] = 12.0
    """An alarm goes off when an execution has been running for this long."""

    retention_days: Retention = 90
    """How long the stack keeps logs and report pages. It keeps the trail's files for 30 days more."""

    removal_policy: Removal = RemovalPolicy.DESTROY
    """What `cdk destroy` does with records, reports, logs, the trail's files and the key. It deletes everything else,
    with the events in the dead-letter queues. AWS deletes a destroyed key after 30 days; until then the key costs
    nothing (*AWS KMS pricing*)."""

    image_buckets: Annotated[
        Names[Bucket],
        f"names of buckets with commas between them, {MOST_NAMES} and {MOST_CHARACTERS} characters at most",
    ] = ()
    """The buckets whose images the function that starts a distribution may read. Set it if a distribution fails because
    `s3:GetObject` is not allowed."""

    image_keys: Annotated[
        Names[Key],
        f"ARNs of KMS keys with commas between them, {MOST_NAMES} and {MOST_CHARACTERS} characters at most; no alias",
    ] = ()
    """The customer-managed keys that encrypt the images in `imageBuckets`. The function that starts a distribution may
    decrypt with them through S3. The policy of each key must let this account's IAM policies allow that."""

    permissions_boundary: Annotated[
        str | None,
        matching(r"arn:[a-z0-9-]+:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+"),
        "the ARN of a managed policy of IAM",
    ] = None
    """The permissions boundary of every role of the stack."""

    tags: Tags = ()
    """Tags for every resource of the stack."""

    create_dashboard: Switch = True
    """Whether the stack has a CloudWatch dashboard. The free tier of an account has three, of at most 50 metrics each
    (*Amazon CloudWatch pricing*)."""

    create_trail: Switch = False
    """Whether the stack creates a CloudTrail trail of management events. Without a trail no event arrives. Use it in an
    account and Region that has none; the first copy of management events is free (*AWS CloudTrail pricing*)."""

    @classmethod
    def from_context(cls, context: Mapping[str, Any]) -> Self:
        """Raises ValueError with a sentence: the key, its value and what is accepted. See ignored_keys."""
        for key in ignored_keys(context):
            if meant := _similar_setting(key):
                raise ValueError(f"Context {key} is no setting. If you mean {meant}, correct the key; else remove it.")
        given = {key: value for key, value in context.items() if key in _fields()}
        try:
            return cls.model_validate(given, by_alias=True, by_name=False)
        except ValidationError as error:
            raise ValueError(cls._explain(error.errors(), given)) from None

    @field_validator("*", mode="before")
    @classmethod
    def _use_default(cls, given: Any, info: ValidationInfo) -> Any:
        if given is None or (given == "" and cls.model_fields[str(info.field_name)].default in (None, ())):
            raise PydanticUseDefault
        return given

    @model_validator(mode="after")
    def _check_together(self) -> Self:
        if self.alarm_email and self.alarm_topic_arn:
            raise ValueError("Context alarmEmail and alarmTopicArn exclude each other; give one of them.")
        if self.image_keys and not self.image_buckets:
            raise ValueError("Context imageKeys has no effect without imageBuckets; give the buckets, too.")
        longest = self.creation_deadline_hours + self.distribution_deadline_hours
        if self.oldest_execution_hours >= longest:
            raise ValueError(
                f"Context oldestExecutionHours is {self.oldest_execution_hours:g}, and no execution gets so old; give "
                f"less than creationDeadlineHours and distributionDeadlineHours together, which is {longest:g}."
            )
        return self

    @classmethod
    def _explain(cls, errors: list[ErrorDetails], given: Mapping[str, Any]) -> str:
        """One of the errors, in a sentence of ours."""
        if not errors[0]["loc"]:
            return str(errors[0]["ctx"]["error"])
        key = str(errors[0]["loc"][0])
        return f"Context {key} is {given[key]!r}; give {accepted(_fields()[key])}."


def accepted(setting: FieldInfo) -> str:
    """The words for what the setting accepts."""
    return next(each for each in setting.metadata if isinstance(each, str))


def ignored_keys(context: Mapping[str, Any]) -> list[str]:
    """The keys that are neither settings nor the CDK's. ~/.cdk.json gives context of its user's to every app."""
    return sorted(key for key in context if key not in _fields() and not of_cdk(key))


def _fields() -> dict[str, FieldInfo]:
    """The fields by their keys in context."""
    return {str(field.alias): field for field in Settings.model_fields.values()}


def _similar_setting(key: str) -> str | None:
    """The setting that somebody means by this key, in whatever casing; None if it is like none of them."""
    plain = {setting.lower(): setting for setting in _fields()}
    similar = get_close_matches(re.sub("[-_. ]", "", key).lower(), plain, n=1, cutoff=SIMILAR)
    return plain[similar[0]] if similar else None
