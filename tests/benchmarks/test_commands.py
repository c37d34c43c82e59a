"""The seconds of a command, and what the section says when it fails."""

import re
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from local.status_lines import Steps
from tests.benchmarks.sections.commands import COMMANDS, CommandFailed, goals, render, run_command

WORK = "import time\nwhile time.process_time() < 0.2: pass"


def test_processor_seconds_include_those_of_every_child(tmp_path: Path) -> None:
    shell = f'"{sys.executable}" -c "{WORK}"; true'  # true: the shell waits for Python, instead of becoming it
    assert run_command("work", ("sh", "-c", shell), logs=tmp_path)["processor"] >= 0.2


def test_time_ends_at_the_line_that_matches(tmp_path: Path) -> None:
    began = time.monotonic()
    result = run_command(
        "work", (sys.executable, "-c", f"print('begun', flush=True)\n{WORK}\nprint('done')"), "begun", tmp_path
    )
    assert time.monotonic() - began - result["wall"] > 0.1
    assert (tmp_path / "work.log").read_text() == "begun\ndone\n"


def test_line_of_the_demo_is_the_end_of_its_deployment() -> None:
    output = StringIO()
    with Steps(Console(file=output, highlight=False)) as steps:
        steps.begin("Synthesizing the stack, bootstrapping the account")
        steps.begin("Deploying the stack")
    assert COMMANDS[0].until
    assert [bool(re.search(COMMANDS[0].until, line)) for line in output.getvalue().splitlines()] == [False, True]


def test_a_failed_command_names_its_status_and_its_output(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed) as failure:
        run_command("broken", ("sh", "-c", "echo why >&2; exit 3"), logs=tmp_path)
    assert (
        str(failure.value)
        == f"`sh -c echo why >&2; exit 3` ended with status 3; its output is in {tmp_path}/broken.log."
    )
    assert (tmp_path / "broken.log").read_text() == "why\n"


def test_a_command_without_the_line_is_a_failure(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"printed no line that matches 'deployed'; its output is in .*\.log\."):
        run_command("silent", ("true",), "deployed", tmp_path)


def test_each_command_has_its_row_and_its_goal() -> None:
    result = {timed.name: {"wall": timed.limit + 1, "processor": 7.4} for timed in COMMANDS}
    assert "| `make unit` | 21 s | 7 s | — | 20 s |" in render(result)
    assert [goal.met for goal in goals(result)] == [False, False, False]
