"""A set-up beside another one, and after one that was killed."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.environment.checkouts import fake_node, set_up, write_checkout

SET_UP = [sys.executable, "-I", "-X", "utf8", "tools/install.py"]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout that is set up."""
    checkout = tmp_path_factory.mktemp("again") / "checkout"
    write_checkout(checkout)
    assert set_up(checkout, PATH=fake_node(checkout)).succeeded
    return checkout


def test_second_set_up_waits_for_the_first(done: Path) -> None:
    stamp = done / ".venv" / "installed"
    content = stamp.read_text()
    stamp.unlink()
    with (done / ".local" / "install.log").open("ab") as first:
        fcntl.flock(first, fcntl.LOCK_EX)
        second = subprocess.Popen(SET_UP, cwd=done, stdout=subprocess.PIPE, text=True)
        assert second.stdout is not None
        assert second.stdout.readline() == "Another set-up of this checkout is running. Waiting for its end.\n"
        stamp.write_text(content)
    assert second.communicate()[0] == ""
    assert second.returncode == 0


def test_step_that_outlives_a_killed_set_up_is_awaited(done: Path) -> None:
    (done / ".venv" / "installed").unlink()
    os.mkfifo(done / "pause")
    paused = {"PATH": fake_node(done), "PAUSE": str(done / "pause"), "PIP_NO_INDEX": "1"}
    killed = subprocess.Popen(
        SET_UP, cwd=done, env={**paused, "PIP_FIND_LINKS": (done / "wheels").as_uri()}, stdout=subprocess.DEVNULL
    )
    assert (done / "pause").read_text() == "npm runs\n"
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    with (done / ".local" / "install.log").open("ab") as log:
        with pytest.raises(BlockingIOError):
            fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
        (done / "pause").write_text("go on\n")
        fcntl.flock(log, fcntl.LOCK_EX)
    assert set_up(done, PATH=fake_node(done)).succeeded


def test_python_of_an_environment_that_is_half_deleted_replaces_it(done: Path) -> None:
    (done / ".venv" / "installed").unlink()
    (done / ".venv" / "pyvenv.cfg").unlink()
    result = set_up(done, python="python3", PATH=f"{done / '.venv' / 'bin'}{os.pathsep}{fake_node(done)}")
    assert (result.succeeded, result.errors) == (True, "")
