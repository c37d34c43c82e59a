"""Context becomes settings, or a sentence about the first mistake."""

import json
import re
from typing import Any

import pytest
from aws_cdk import RemovalPolicy

from infra.settings import Settings, ignored_keys, of_cdk
from local.aws import ROOT

DEFAULTS = Settings()
KEY = "arn:aws:kms:us-east-1:123456789012:key/mrk-0123456789abcdef0123456789abcdef"
KEYS = [str(field.alias) for field in Settings.model_fields.values()]
MANY = ",".join(f"name-{number}" for number in range(31))
LONG = ",".join(f"{number}".ljust(255, "x") for number in range(6))
MANY_TAGS = ",".join(f"key-{number}=value" for number in range(41))


def read(key: str, given: Any) -> Any:
    """The value of the setting with this key, read from this context."""
    return Settings.from_context({key: given}).model_dump(by_alias=True)[key]


@pytest.mark.parametrize(
    ("key", "given", "value"),
    [
        ("stackName", "Vision-2", "Vision-2"),
        ("projects", "defects-*,demo", ("defects-*", "demo")),
        ("projects", ["a.b", "c"], ("a.b", "c")),
        ("trigger", "tagged", "tagged"),
        ("email", "a@example.com", ("a@example.com",)),
        ("email", "a@example.com, b@example.com,a@example.com", ("a@example.com", "b@example.com")),
        ("alarmEmail", "a@example.com", ("a@example.com",)),
        (
            "alarmTopicArn",
            "arn:aws:sns:us-east-1:123456789012:alarms",
            "arn:aws:sns:us-east-1:123456789012:alarms",
        ),
        ("creationDeadlineHours", "0.5", 0.5),
        ("distributionDeadlineHours", 36, 36),
        ("shortestWaitSeconds", "600", 600),
        ("longestWaitSeconds", 1500, 1500),
        ("oldestExecutionHours", 47.5, 47.5),
        ("retentionDays", "365", 365),
        ("removalPolicy", "retain", RemovalPolicy.RETAIN),
        ("imageBuckets", "a.b,c-d", ("a.b", "c-d")),
        ("imageBuckets", [], ()),
        ("permissionsBoundary", "arn:aws:iam::123456789012:policy/edge", "arn:aws:iam::123456789012:policy/edge"),
        ("tags", "team=vision, stage=test=1", (("team", "vision"), ("stage", "test=1"))),
        ("tags", {"team": "vision paint"}, (("team", "vision paint"),)),
        ("createDashboard", "false", False),
        ("createTrail", True, True),
    ],
)
def test_settings_are_read_from_command_line_and_cdk_json(key: str, given: Any, value: Any) -> None:
    assert read(key, given) == value


@pytest.mark.parametrize(
    ("key", "refused", "accepted"),
    [
        (
            "stackName",
            [
                "-a",
                "a-",
                "a--b",
                "a_b",
                "a" * 51,
                "${x}",
                7,
            ],  # CloudTrail refuses two hyphens in a row or one at the end
            "a letter, then letters and digits, with single hyphens between them, 50 characters at most",
        ),
        ("projects", ["", [], "a/b", "*a", "a b", ",", "${x}", True, MANY, LONG], "names of projects with commas"),
        ("trigger", ["", "on", "OFF", True, 1], "one of off, created, tagged"),
        ("email", ["nobody", "a b@example.com", "a@b@c.d", 7, "a@example.com\n", "a@b.c,"], "e-mail addresses"),
        ("email", ["you@example", "ü@example.com", "you@.com"], "e-mail addresses"),
        ("alarmEmail", ["nobody"], "e-mail addresses"),
        ("alarmTopicArn", ["alarms", "arn:aws:sqs:us-east-1:123456789012:alarms"], "the ARN of an SNS topic"),
        ("creationDeadlineHours", [0, -1, 37, "a day", "nan", "inf", True, [24]], "a number of hours, more than 0"),
        ("distributionDeadlineHours", [0, 37, "nan"], "a number of hours, more than 0, at most 36"),
        ("shortestWaitSeconds", [9, 601, 10.5, "often", True], "a whole number of seconds from 10 to 600"),
        ("longestWaitSeconds", [599, 1501, "nan"], "a whole number of seconds from 600 to 1500"),
        ("oldestExecutionHours", [0, 73], "a number of hours, more than 0, less than both deadlines together"),
        ("retentionDays", [0, 91, 90.5, "forever", True], "one of 30, 60, 90, "),
        ("removalPolicy", ["keep", True], "one of destroy, retain"),
        (
            "imageKeys",
            ["*", KEY.replace("key/", "alias/"), KEY.replace("key/", "key/*"), KEY + ","],
            "ARNs of KMS keys",
        ),
        ("imageBuckets", ["*", "images/*", "a b", "images,", "Images", "ab", True, MANY], "names of buckets"),
        ("permissionsBoundary", ["edge", "arn:aws:iam::1:policy/edge"], "the ARN of a managed policy"),
        (
            "tags",
            ["team", "team=", "aws:a=b", "AWS:a=b", "=x", "=a=b", 7, {"a": "b\n"}, {" a": "b"}, "a=1,a=2", MANY_TAGS],
            "key=value with commas between them",
        ),
        ("createDashboard", ["yes", 1], "true or false"),
        ("createTrail", ["yes", 0], "true or false"),
    ],
)
def test_wrong_value_is_refused_with_key_value_and_accepted_values(key: str, refused: list[Any], accepted: str) -> None:
    for given in refused:
        with pytest.raises(ValueError, match=f"Context {key} is ") as error:
            Settings.from_context({key: given})
        assert f"{given!r}; give {accepted}" in str(error.value)


def test_empty_setting_has_its_default() -> None:
    assert Settings.from_context(dict.fromkeys(KEYS)) == DEFAULTS
    empty = [str(each.alias) for each in Settings.model_fields.values() if each.default in (None, ())]
    assert Settings.from_context(dict.fromkeys(empty, "")) == DEFAULTS


@pytest.mark.parametrize(
    ("key", "meant"),
    [
        ("triger", "trigger"),
        ("emails", "email"),
        ("mail", "email"),
        ("project", "projects"),
        ("alarm-email", "alarmEmail"),
        ("alarm_email", "alarmEmail"),
        ("creation_deadline_hours", "creationDeadlineHours"),
        ("StackName", "stackName"),
    ],
)
def test_misspelt_setting_is_refused(key: str, meant: str) -> None:
    message = f"Context {key} is no setting. If you mean {meant}, correct the key; else remove it."
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Settings.from_context({key: "1"})


@pytest.mark.parametrize("key", ["owner", "stage", "env", "company-vpc", "costCenter", "region", "account", "name", ""])
def test_context_of_other_apps_is_ignored(key: str) -> None:
    context = {key: "1", "trigger": "off"}
    assert Settings.from_context(context) == Settings.from_context({"trigger": "off"})
    assert ignored_keys(context) == [key]


def test_keys_of_image_buckets_are_read() -> None:
    settings = Settings.from_context({"imageBuckets": "images", "imageKeys": f"{KEY}, {KEY}"})
    assert settings.image_keys == (KEY,)


@pytest.mark.parametrize(
    ("context", "message"),
    [
        (
            {"alarmEmail": "a@example.com", "alarmTopicArn": "arn:aws:sns:us-east-1:123456789012:alarms"},
            "Context alarmEmail and alarmTopicArn exclude each other; give one of them.",
        ),
        ({"imageKeys": KEY}, "Context imageKeys has no effect without imageBuckets; give the buckets, too."),
        (
            {"creationDeadlineHours": 1, "distributionDeadlineHours": 1.5},
            "Context oldestExecutionHours is 12, and no execution gets so old; give less than creationDeadlineHours "
            "and distributionDeadlineHours together, which is 2.5.",
        ),
    ],
)
def test_contradicting_settings_are_refused(context: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        Settings.from_context(context)


def test_context_of_the_cdk_is_ignored() -> None:
    context = {
        "@aws-cdk/core:x": True,
        "aws:cdk:bundling-stacks": ["**"],
        "availability-zones:account=1": [],
        "cli-telemetry": False,
    }
    assert Settings.from_context(context) == DEFAULTS


def test_cdk_json_has_every_setting_with_its_default() -> None:
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    assert Settings.from_context(context) == DEFAULTS
    assert [key for key in context if not of_cdk(key)] == KEYS
