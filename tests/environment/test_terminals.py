"""Terminals that lack some characters, and terminals that close."""

import io
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from local.aws import ROOT
from local.status_lines import Steps, replace_unprintable

HANDLED = """
import signal
from local.command import handle_signals
ignored = signal.Signals[{name!r}]
signal.signal(ignored, signal.SIG_IGN)
handle_signals()
signal.raise_signal(ignored)
print("it runs on")
"""


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [("ascii", "* ? ? ? ..."), ("iso-8859-1", "* ? ? \xe9 ..."), ("utf-8", "✓ λ █ é …")],
)
def test_character_that_a_terminal_lacks_is_replaced(encoding: str, shown: str) -> None:
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, encoding=encoding)
    replace_unprintable(terminal)
    print("✓ λ █ é …", file=terminal, flush=True)
    assert written.getvalue().decode(encoding) == f"{shown}\n"


@pytest.mark.parametrize(("encoding", "mark"), [("ascii", "*"), ("iso-8859-1", "*"), ("utf-8", "✓")])
def test_steps_are_shown_on_every_terminal(encoding: str, mark: str) -> None:
    written = io.BytesIO()
    terminal = io.TextIOWrapper(written, encoding=encoding)
    replace_unprintable(terminal)
    with Steps(Console(file=terminal, force_terminal=True, width=80)) as steps:
        steps.begin("Deploying")
    terminal.flush()
    assert mark in written.getvalue().decode(encoding)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("SIGHUP", "it runs on\n"),  # nohup
        ("SIGTERM", "it runs on\n"),
        ("SIGINT", ""),  # a shell ignores it for a job in the background, and `kill -INT` ends that
    ],
)
def test_signal_that_nohup_ignores_stays_ignored(name: str, printed: str) -> None:
    command = [sys.executable, "-c", HANDLED.format(name=name)]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.stdout == printed
    assert ("KeyboardInterrupt" in result.stderr) == (printed == "")


@pytest.mark.parametrize("target", ["local", "demo"])
def test_make_sends_its_signals_to_python(tmp_path: Path, target: str) -> None:
    """`make` sends them to its children. A shell between them would end alone, and leave the local AWS running."""
    shutil.copy(ROOT / "Makefile", tmp_path)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\necho $PPID\n")
    python.chmod(0o755)
    with subprocess.Popen(
        ["make", "--no-print-directory", target, "PYTHON=true"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as make:
        assert make.communicate()[0] == f"{make.pid}\n"
