"""Setting up: what it needs, and what it says if something fails. tests/environment has odd machines."""

import ast
import re
import shutil
import subprocess
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from local.aws import ROOT
from tests.environment.checkouts import fake_node, set_up, write_checkout
from tools.install import IMPORTS, explain

REQUIREMENTS = [ROOT / "requirements.txt", ROOT / "requirements-dev.txt"]


def normalize(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    write_checkout(tmp_path / "checkout")
    return tmp_path / "checkout"


def test_missing_node_is_named(checkout: Path) -> None:
    (checkout / "bin").mkdir()
    result = set_up(checkout, PATH=str(checkout / "bin"))
    assert not result.succeeded
    assert result.errors == (
        "The CDK CLI needs Node.js 20 or newer, but node and npm are not on PATH. Install it and run this again."
    )


def test_version_of_an_old_node_is_named(checkout: Path) -> None:
    result = set_up(checkout, PATH=fake_node(checkout, node="echo v18.20.0"))
    assert not result.succeeded
    assert "this is v18.20.0" in result.errors


def test_node_that_does_not_start_is_named(checkout: Path) -> None:
    result = set_up(checkout, PATH=fake_node(checkout, node="echo no such option >&2; exit 9"))
    assert not result.succeeded
    assert "but node --version answers: no such option. Install it" in result.errors


def test_missing_network_is_named(checkout: Path) -> None:
    """Port 9 of this machine stands for a registry that does not answer."""
    result = set_up(
        checkout,
        PATH=fake_node(checkout),
        PIP_NO_INDEX="0",
        PIP_FIND_LINKS="",
        PIP_EXTRA_INDEX_URL="",
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_RETRIES="0",
    )
    assert not result.succeeded
    assert result.errors == (
        "Python packages could not be set up. Check the network and the package registry. "
        "The output is in .local/install.log."
    )
    log = (checkout / ".local" / "install.log").read_text()
    assert "Virtual environment: exit status 0\n" in log
    assert "No matching distribution found" in log
    assert "Python packages: exit status 1\n" in log
    assert not (checkout / ".venv" / "installed").exists()


@pytest.mark.parametrize(
    ("output", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full."),
        ("npm error code EACCES\nnpm error path /home/x/.npm", "A file cannot be read or written."),
        ("PermissionError: [Errno 13] Permission denied: '/home/x/pip.conf'", "A file cannot be read or written."),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "A file is not the one that the lockfile names."),
        ("npm error code EINTEGRITY", "A file is not the one that the lockfile names."),
        ("The virtual environment was not created because ensurepip is not available.", "On Debian, install python3-"),
        ("npm error code E401", "Check the network and the package registry."),
        ("npm error code ENOTFOUND", "Check the network and the package registry."),
        ("ERROR: No matching distribution found for boto3", "Check the network and the package registry."),
        ("ModuleNotFoundError: No module named 'boto3'\n", "It ended with: ModuleNotFoundError: No module named"),
        ("npm error code ETARGET\nnpm error notarget No matching version", "npm may not install a pinned version."),
        ("Configuration file could not be loaded.\nfile: '/x/pip.conf', line: 1", "pip cannot read its configuration."),
        (
            "ERROR: a==1 and a==2 conflict\nERROR: Impossible: for help visit https://x",
            "It ended with: ERROR: a==1 and",
        ),
        ("Error: no module '/x'\n    at load (internal)\n\nNode.js v24.21.0", "It ended with: Error: no module '/x'"),
        (
            "npm error No workspaces found!\nnpm error A complete log of this run is in x",
            "It ended with: npm error No w",
        ),
        ("", "It ended with: no output"),
    ],
)
def test_cause_of_a_failed_step_is_explained(output: str, advice: str) -> None:
    assert explain(f"Step: command\n{output}\nStep: exit status 1\n").startswith(advice)


def test_every_required_package_is_imported() -> None:
    """A package that the set-up does not import could be missing after it."""
    required = {
        normalize(name) for file in REQUIREMENTS for name in re.findall(r"^([\w.-]+)==", file.read_text(), re.M)
    }
    owners = packages_distributions()
    imported = {normalize(owner) for name in IMPORTS.split(", ") for owner in owners[name]}
    assert required <= imported


def test_python_3_6_can_parse_it() -> None:
    ast.parse((ROOT / "tools" / "install.py").read_text(), feature_version=(3, 6))


@pytest.mark.parametrize("minor", range(6, 11))
def test_old_python_gets_one_sentence(checkout: Path, minor: int) -> None:
    python = find_python(minor)
    if python is None:
        pytest.skip(f"This machine has no Python 3.{minor}.")
    result = set_up(checkout, python=python)
    assert not result.succeeded
    assert result.errors == (
        f"Python 3.11 or newer is needed, but this is 3.{minor}. Name another one: make demo PYTHON=python3.13"
    )


def find_python(minor: int) -> str | None:
    """A command that starts Python 3.minor; pyenv's are not on PATH."""
    pyenv = sorted(map(str, (Path.home() / ".pyenv" / "versions").glob(f"3.{minor}.*/bin/python")))
    for command in (shutil.which(f"python3.{minor}"), *pyenv):
        if command and subprocess.run([command, "--version"], capture_output=True).returncode == 0:
            return command
    return None
