"""Each finding of cdk-nag is acknowledged, and each acknowledgement matches a finding."""

import json
from pathlib import Path

import pytest
from aws_cdk import Annotations, Stack
from aws_cdk import aws_sns as sns

from tools.docs import nag
from tools.docs.acknowledged import ACKNOWLEDGED, Acknowledged
from tools.docs.flags import feature_flags
from tools.docs.nag import REPORT, REVIEWED, main, new_app, review

PACKS = {"AwsSolutions", "Serverless", "NIST.800.53.R5", "HIPAA.Security", "PCI.DSS.321"}


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, Path]:
    """The exit status and the folder of the report."""
    folder = tmp_path_factory.mktemp("review") / "nag"
    return main(folder), folder


def test_every_finding_is_acknowledged_and_every_acknowledgement_is_needed(reviewed: tuple[int, Path]) -> None:
    assert reviewed[0] == 0


def test_report_has_every_finding_with_its_reason(reviewed: tuple[int, Path]) -> None:
    reports = json.loads((reviewed[1] / REPORT).read_text())["pluginReports"]
    assert {report["pluginName"] for report in reports} == PACKS
    assert [report["violations"] for report in reports] == [[]] * len(PACKS)
    suppressed = [(report["pluginName"], each) for report in reports for each in report["suppressedViolations"]]
    assert {each["reason"] for _, each in suppressed} == {row.reason for row in ACKNOWLEDGED}
    assert all(each["acknowledgedId"] == f"{pack}::{each['ruleName']}" for pack, each in suppressed)


def test_no_template_contains_acknowledgements(reviewed: tuple[int, Path]) -> None:
    for settings in REVIEWED:
        template = (reviewed[1] / f"{settings.stack_name}.template.json").read_text()
        assert [each for each in ("acknowledged", "cdk_nag", *PACKS) if each in template] == []


def row(*rules: str, resource: str = "Open/Resource") -> Acknowledged:
    return Acknowledged("A requirement", rules, (resource,), "The reason.")


def status(folder: Path, *table: Acknowledged, warning: bool = False, topic: bool = True) -> int:
    """The exit status for a stack with at most one topic, which is neither encrypted nor limited to TLS."""
    app = new_app(folder)
    stack = Stack(app, "Other")
    if topic:
        sns.Topic(stack, "Open")
    if warning:
        Annotations.of(stack).add_warning_v2("test:warning", "The CDK warns.")
    return review(app, table)


def test_open_finding_is_printed_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(tmp_path) == 1
    output = capsys.readouterr().out
    assert "AwsSolutions-SNS3\n  Other/Open/Resource\n  The SNS Topic does not require publishers to use SSL." in output
    assert "NIST.800.53.R5-SNSEncryptedKMS\n  Other/Open/Resource\n" in output


@pytest.mark.parametrize(
    ("rules", "resource", "expected"),
    [
        (("SNS3", "SNSEncryptedKMS"), "Open/Resource", 0),
        (("SNS3", "SNSEncryptedKMS"), "*", 0),
        (("SNS3", "SNSEncryptedKMS"), "Shut/Resource", 1),
        (("SNS3",), "Open/Resource", 1),
    ],
)
def test_acknowledgement_covers_its_rules_and_resources_only(
    tmp_path: Path, rules: tuple[str, ...], resource: str, expected: int
) -> None:
    assert status(tmp_path, row(*rules, resource=resource)) == expected


def test_stale_acknowledgement_is_printed_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(tmp_path, row("SNS3"), topic=False) == 1
    assert "SNS3\n  Open/Resource\n  Acknowledged, but no rule finds it." in capsys.readouterr().out


def test_warning_of_the_cdk_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert status(tmp_path, topic=False, warning=True) == 1
    assert "The CDK warns." in capsys.readouterr().out


@pytest.mark.parametrize("value", [None, False])
def test_flag_that_is_not_as_recommended_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], value: bool | None
) -> None:
    name = "@aws-cdk/aws-iam:minimizePolicies"
    flags = feature_flags()
    given = {**flags, name: value} if value is not None else {key: flags[key] for key in flags if key != name}
    monkeypatch.setattr(nag, "feature_flags", lambda: given)
    assert status(tmp_path, topic=False) == 1
    assert f"{name}\n  The CDK recommends true. Set it in cdk.json." in capsys.readouterr().out
