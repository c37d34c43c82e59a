"""`make diff` and `make release`: the template of the last release."""

import copy
import json
import re
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings
from infra.version import VERSION
from tools import diff
from tools.docs.template import synthesize

RELEASED = diff.RELEASED
TABLE, TOPIC, ALARM, VERSION_OF_FUNCTION, QUERY, ROLE = (
    *("AWS::DynamoDB::Table", "AWS::SNS::Topic", "AWS::CloudWatch::Alarm"),
    *("AWS::Lambda::Version", "AWS::Logs::QueryDefinition", "AWS::IAM::Role"),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the tool writes."""
    monkeypatch.setattr(diff, "FOLDER", tmp_path / "diff")
    monkeypatch.setattr(diff, "RELEASED", tmp_path / "released.json")
    return tmp_path


@pytest.fixture(scope="module")
def current() -> dict[str, Any]:
    """The template of this checkout."""
    return synthesize(Settings())


def print_changes_from(template: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What people read, by paragraph."""
    old = folder / "old.json"
    old.write_text(json.dumps(template))
    assert diff.main([str(old)]) == 0
    return capsys.readouterr().out.strip().split("\n\n")


def test_lost_resources_stand_first(current: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = copy.deepcopy(current)
    old["Description"] = "A stack, version 0.0.1"
    resources = old["Resources"]
    first = {each["Type"]: name for name, each in reversed(resources.items())}
    resources[first[TABLE]]["Properties"]["KeySchema"][0]["AttributeName"] = "another"
    resources[first[ROLE]]["Properties"]["Description"] = "Another."
    del resources[first[QUERY]]
    resources["OldTopic"] = {"Type": TOPIC, "Metadata": {"aws:cdk:path": "Stack/Old/Topic"}}
    resources["OldAlarm"] = {"Type": ALARM}
    resources["OldVersion"] = {"Type": VERSION_OF_FUNCTION, "DeletionPolicy": "Retain"}

    printed = print_changes_from(old, folder, capsys)
    assert printed[:5] == [
        "From version 0.0.1 to this checkout, with default settings:",
        "!!! LOST WITH WHAT THEY HOLD: 2\n"
        f"!!! Deleted: Old/Topic ({TOPIC}), with its subscriptions\n"
        f"!!! Replaced: Records/Items ({TABLE}), with its records",
        f"Deleted: 1\n    OldAlarm ({ALARM})",
        f"No longer in the stack, but not deleted: 1\n    OldVersion ({VERSION_OF_FUNCTION})",
        f"Created: 1\n    Queries/{first[QUERY][7:-8]} ({QUERY})",
    ]
    assert re.fullmatch(rf"Changed: 1\n    \S+ \({ROLE}\)", printed[5])
    assert "KeySchema (requires replacement)" in (folder / "diff" / "cdk-diff.txt").read_text()


def test_widened_permissions_are_mentioned(
    current: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = copy.deepcopy(current)
    policy = next(each for each in old["Resources"].values() if each["Type"] == "AWS::IAM::Policy")
    policy["Properties"]["PolicyDocument"]["Statement"].pop()
    assert "Permissions change." in print_changes_from(old, folder, capsys)


def test_the_same_template_changes_nothing(
    current: dict[str, Any], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert print_changes_from(current, folder, capsys)[1] == "No resource changes."


def test_without_a_release_there_is_nothing_to_compare_with(capsys: pytest.CaptureFixture[str]) -> None:
    assert diff.main([]) == 0
    assert capsys.readouterr().out == "There is no release yet, so there is nothing to compare with.\n"


def test_missing_template_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff.main([str(folder / "none.json")]) == 1
    assert capsys.readouterr().out == f"There is no file {folder / 'none.json'}.\n"


def test_unreleased_version_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changelog = folder / "CHANGELOG.md"
    monkeypatch.setattr(diff, "CHANGELOG", changelog)
    changelog.write_text(f"# Changelog\n\n## [{VERSION}] - unreleased\n")
    assert diff.main(["keep"]) == 1
    assert not diff.RELEASED.exists()


def test_kept_template_is_what_diff_compares_with(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    changelog = folder / "CHANGELOG.md"
    monkeypatch.setattr(diff, "CHANGELOG", changelog)
    changelog.write_text(f"# Changelog\n\n## [{VERSION}] - 2026-12-01\n")
    assert diff.main(["keep"]) == 0
    assert diff.main([]) == 0
    assert f"From version {VERSION} to this checkout" in capsys.readouterr().out


def test_newest_version_with_a_date_has_its_template() -> None:
    released = re.findall(r"^## \[(.+?)\] - \d{4}-\d\d-\d\d$", diff.CHANGELOG.read_text(), re.MULTILINE)
    kept = [json.loads(RELEASED.read_text())["Description"].rpartition(" ")[2]] if RELEASED.exists() else []
    assert kept == released[:1], "run make release"
