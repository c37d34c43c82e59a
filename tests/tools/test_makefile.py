"""`make help` prints each target of the Makefile with its comment."""

import re
import subprocess
from pathlib import Path

import pytest

from local.aws import ROOT

MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.MULTILINE)[0].split()
COMMENTS = dict(re.findall(r"^([a-z]+):.* ?## (.*)$", MAKEFILE, re.MULTILINE))
LONGEST_COMMENT = 100  # characters


def run_make(*arguments: str) -> str:
    command = ["make", "--no-print-directory", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_phony_names_every_target_once() -> None:
    rules = re.findall(r"^([a-z]+):", MAKEFILE, re.MULTILINE)
    assert sorted(TARGETS) == sorted(rules)


@pytest.mark.parametrize("target", TARGETS)
def test_target_has_a_short_comment(target: str) -> None:
    assert 0 < len(COMMENTS[target]) <= LONGEST_COMMENT


def test_help_prints_every_target_with_its_comment() -> None:
    printed = dict(re.split(" +", line, maxsplit=1) for line in run_make("help").splitlines())
    assert printed == COMMENTS
    assert set(printed) == set(TARGETS)


def test_help_is_the_default_target() -> None:
    assert run_make() == run_make("help")


DEPRECATED = """
from aws_cdk import App, Stack
from aws_cdk.aws_dynamodb import Attribute, AttributeType, Table

key = Attribute(name="key", type=AttributeType.STRING)
Table(Stack(App(), "Stack"), "Table", partition_key=key, point_in_time_recovery=True)
"""


def test_check_refuses_a_deprecated_api_of_the_cdk(tmp_path: Path) -> None:
    (command,) = [line for line in run_make("--dry-run", "check").splitlines() if line.endswith("-m tools.docs.nag")]
    stack = tmp_path / "stack.py"
    stack.write_text(DEPRECATED)
    command = command.replace("-m tools.docs.nag", str(stack))
    result = subprocess.run(command, shell=True, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S602
    assert result.returncode != 0
    assert "pointInTimeRecovery is deprecated" in result.stderr
