"""Setting up on a fresh machine: one line says what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from local.aws import ROOT
from tools.install import PINS


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the files that the setup reads."""
    (tmp_path / "tools").mkdir()
    for name in (*PINS, "package.json", "tools/__init__.py", "tools/install.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def install(checkout: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "tools.install"],
        cwd=checkout,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def fake_node(folder: Path, version: str) -> str:
    folder.mkdir()
    for name in ("node", "npm"):
        (folder / name).write_text(f"#!/bin/sh\necho {version}\n")
        (folder / name).chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


def test_missing_node_is_named(checkout: Path) -> None:
    (checkout / "bin").mkdir()
    result = install(checkout, PATH=str(checkout / "bin"))
    assert result.returncode == 1
    assert result.stderr == (
        "The CDK CLI needs Node.js 20 or newer, but node and npm are not on PATH. Install it and run this again.\n"
    )


def test_version_of_an_old_node_is_named(checkout: Path) -> None:
    result = install(checkout, PATH=fake_node(checkout / "bin", "v18.20.0"))
    assert result.returncode == 1
    assert "this is v18.20.0" in result.stderr


def test_missing_network_is_named(checkout: Path) -> None:
    """Port 9 of this machine stands for a registry that does not answer."""
    result = install(
        checkout,
        PATH=fake_node(checkout / "bin", "v24.0.0"),
        PIP_CONFIG_FILE=os.devnull,
        PIP_FIND_LINKS="",
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_RETRIES="0",
    )
    assert result.returncode == 1
    assert result.stderr == (
        "Python packages could not be set up. Check the network and the package registry. "
        "The output is in .local/install.log.\n"
    )
    assert "No matching distribution found" in (checkout / ".local" / "install.log").read_text()
    assert not (checkout / ".venv" / "installed").exists()
