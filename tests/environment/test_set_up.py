"""The set-up on odd machines: it works all the same, or names the cause and works without it."""

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.environment.checkouts import Result, fake_node, set_up, write_checkout

# The registry is a person's own. No other line may have an effect.
PIP_CONF = """[global]
no-index = true
find-links = {wheels}
user = true
target = {folder}/target
no-binary = :all:
[install]
prefix = {folder}/target
root = {folder}/target
dry-run = true
requirement = {folder}/missing.txt
"""


@dataclass(frozen=True)
class Odd:
    """A checkout, and two set-ups of it on an odd machine: of the first, npm installs only a part."""

    checkout: Path
    incomplete: Result
    stamped: bool
    complete: Result


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Odd:
    """The path has a space and a character that is not ASCII, and the locale is ASCII."""
    folder = tmp_path_factory.mktemp("an ödd machine")
    checkout = folder / "checkout"
    write_checkout(checkout)
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "boto3.py").write_text("raise ImportError('another boto3')")
    (folder / "constraints.txt").write_text("everything==2.0\n")
    (folder / "pip.conf").write_text(PIP_CONF.format(folder=folder, wheels=(checkout / "wheels").as_uri()))
    environment = {
        "PATH": fake_node(checkout),
        "HOME": "/dev/null/home",  # not even root can make it
        "NODE_ENV": "production",
        "npm_config_omit": "dev",
        "PIP_CONFIG_FILE": str(folder / "pip.conf"),
        "PIP_NO_INDEX": "",
        "PIP_FIND_LINKS": "",
        "PIP_USER": "1",
        "PIP_CONSTRAINT": str(folder / "constraints.txt"),
        "PIP_PYTHON": "/no/such/python",
        "PIP_TARGET": str(folder / "target"),
        "PYTHONSAFEPATH": "1",
        "PYTHONPATH": str(folder / "elsewhere"),
        "PYTHONIOENCODING": "ascii",
        "LC_ALL": "C",
    }
    incomplete = set_up(checkout, **environment, BROKEN="1")
    return Odd(checkout, incomplete, (checkout / ".venv" / "installed").exists(), set_up(checkout, **environment))


def test_incomplete_set_up_is_named_and_not_stamped(odd: Odd) -> None:
    assert not odd.incomplete.succeeded
    assert odd.incomplete.errors.startswith("CDK CLI could not be set up. It ended with: [Errno 2] No such file")
    assert not odd.stamped


def test_set_up_works_on_an_odd_machine(odd: Odd) -> None:
    assert (odd.complete.succeeded, odd.complete.errors) == (True, "")
    assert odd.complete.output.startswith("Setting up, once:\n")


def test_packages_are_in_the_checkout_whatever_pip_is_told(odd: Odd) -> None:
    assert list(odd.checkout.glob(".venv/lib/python*/site-packages/boto3.py"))
    assert not (odd.checkout.parent / "target").exists()


def test_cdk_is_there_whatever_npm_is_told_to_omit(odd: Odd) -> None:
    assert (odd.checkout / "node_modules" / ".bin" / "cdk").exists()


def test_npm_has_a_cache_without_a_home_folder(odd: Odd) -> None:
    assert (odd.checkout / ".local" / "npm" / "_cacache").is_dir()


def test_module_of_the_checkout_is_found_with_pythonsafepath(odd: Odd) -> None:
    (odd.checkout / "local.py").write_text("print('found')")
    command = [str(odd.checkout / ".venv" / "bin" / "python"), "-m", "local"]
    found = subprocess.run(command, env={"PYTHONSAFEPATH": "1"}, capture_output=True, text=True, check=False)
    assert (found.stdout, found.stderr) == ("found\n", "")


def test_log_has_every_step_and_how_it_ended(odd: Odd) -> None:
    log = (odd.checkout / ".local" / "install.log").read_text()
    assert re.findall("(.*): exit status 0\n", log) == [
        *("Virtual environment", "Python packages", "Node.js packages", "Imports of the commands", "Node.js", "CDK CLI")
    ]


def test_set_up_is_done_once_and_again_without_node_modules(odd: Odd) -> None:
    nowhere = str(odd.checkout / "wheels")
    assert set_up(odd.checkout, PATH=nowhere) == Result(succeeded=True, output="", errors="")
    shutil.rmtree(odd.checkout / "node_modules")
    assert "node and npm are not on PATH" in set_up(odd.checkout, PATH=nowhere).errors


def test_colon_in_the_path_is_named(tmp_path: Path) -> None:
    checkout = tmp_path / "github.com:22"
    write_checkout(checkout)
    result = set_up(checkout, PATH=fake_node(checkout))
    assert not result.succeeded
    assert result.errors == (
        f"The path of this checkout, {checkout}, has a colon. PATH separates folders with colons. "
        "Move the checkout to a path without a colon."
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root can write everywhere")
@pytest.mark.parametrize("name", [".", ".venv", "node_modules", ".local"])
def test_folder_that_cannot_be_written_is_named(checkout: Path, name: str) -> None:
    folder = checkout / name
    folder.mkdir(exist_ok=True)
    folder.chmod(0o555)
    result = set_up(checkout, PATH=fake_node(checkout.parent))
    folder.chmod(0o755)
    assert not result.succeeded
    assert result.errors == (
        f"The set-up cannot write {folder}. Change its owner or its permissions, "
        "or copy the checkout into a folder of yours."
    )
