"""`.local/env`: several local AWSs in one checkout, and shells with variables of their own."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from local.env_file import ENV_FILE, link_newest, published

FIRST = {"AWS_ENDPOINT_URL": "https://127.0.0.1:1"}
SECOND = {"AWS_ENDPOINT_URL": "https://127.0.0.1:2"}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run_shell(shell: str, command: str, **environment: str) -> str:
    """What a shell prints that has sourced `.local/env`."""
    result = subprocess.run(
        [shell, "-euc", f". .local/env; {command}"], env={**os.environ, **environment}, capture_output=True, text=True
    )
    assert result.stderr == ""
    return result.stdout.strip()


def endpoint() -> str:
    return run_shell("sh", 'echo "$AWS_ENDPOINT_URL"')


def test_newest_local_aws_is_used_until_it_ends() -> None:
    with published(1, FIRST) as first:
        assert endpoint() == FIRST["AWS_ENDPOINT_URL"]
        with published(2, SECOND) as second:
            assert endpoint() == SECOND["AWS_ENDPOINT_URL"]
            assert first.exists()
        assert not second.exists()
        assert endpoint() == FIRST["AWS_ENDPOINT_URL"]
    assert not os.path.lexists(ENV_FILE)
    assert list(ENV_FILE.parent.iterdir()) == []


def test_older_local_aws_can_end_first() -> None:
    with published(2, SECOND):
        with published(1, FIRST):
            os.utime(".local/env-2")
            link_newest()
            assert endpoint() == SECOND["AWS_ENDPOINT_URL"]
        assert endpoint() == SECOND["AWS_ENDPOINT_URL"]


def test_killed_local_aws_is_not_used() -> None:
    with published(1, FIRST):
        Path(".local/env-2").write_text("export AWS_ENDPOINT_URL='https://127.0.0.1:2'\n")  # nobody holds its lock
        link_newest()
        assert endpoint() == FIRST["AWS_ENDPOINT_URL"]


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
def test_variables_of_another_aws_are_unset(shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"This machine has no {shell}.")
    others = {
        "AWS_ENDPOINT_URL_S3": "https://s3",
        "AWS_PROFILE": "other",
        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
    }
    with published(1, FIRST):
        names = run_shell(shell, "env | grep ^AWS_", **others)
    assert names == "AWS_ENDPOINT_URL=https://127.0.0.1:1"


@pytest.mark.parametrize("shell", ["sh", "bash", "zsh"])
def test_aws_cli_gets_the_endpoint_as_an_option(tmp_path: Path, shell: str) -> None:
    if not shutil.which(shell):
        pytest.skip(f"This machine has no {shell}.")
    (tmp_path / "aws").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "aws").chmod(0o755)
    with published(1, FIRST):
        printed = run_shell(shell, "aws sqs list-queues", PATH=f"{tmp_path}:{os.environ['PATH']}")
    assert printed == "--endpoint-url https://127.0.0.1:1 sqs list-queues"
