"""`make help` prints each target of the Makefile with its comment."""

import re
import subprocess

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
