"""How long the commands of a contributor take: the set-up of `make demo`, `make unit` and `make test`."""

import os
import re
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from local.aws import ROOT
from tests.benchmarks.section import Goal, Result, Section, make_table

LOGS = ROOT / ".local" / "bench"
INSTALL = ("make", "setup", ".local/tools/installed")  # before the clock starts
OF_A_MAKE = ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")  # a make gives these to the makes that it runs


class CommandFailed(Exception):  # noqa: N818 - named by its situation
    """A command failed, so there is nothing to measure; the message says where its output is."""


@dataclass(frozen=True)
class Timed:
    """A command whose time has a goal. `until` matches the line of its output at which the time ends, if not the end.

    `earlier` is how long it took when the goal was set. All are seconds. `why` says what the limit is.
    """

    name: str
    what: str
    limit: float
    earlier: float | None
    until: str | None = None
    why: str = ""


COMMANDS = (
    Timed("demo", "`make demo`, until the stack is deployed", 15, 20, until=r"Deploying the stack [0-9.]+ s$"),
    Timed("unit", "`make unit`", 20, None),
    Timed("test", "`make test`", 360, 450, why="it keeps two processors busy all the time"),
)


def measure() -> Result:
    """Raises CommandFailed."""
    run_command("setup", INSTALL)
    return {timed.name: run_command(timed.name, ("make", timed.name), timed.until) for timed in COMMANDS}


def run_command(name: str, command: Sequence[str], until: str | None = None, logs: Path = LOGS) -> Result:
    """`wall` until a line matches, or until the end; `processor` of the whole command. Raises CommandFailed."""
    logs.mkdir(parents=True, exist_ok=True)
    log = logs / f"{name}.log"
    environment = {key: value for key, value in os.environ.items() if key not in OF_A_MAKE}
    began, reached = time.monotonic(), None
    with (
        log.open("w", encoding="utf-8") as output,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            output.write(line)
            if until and reached is None and re.search(until, line):
                reached = time.monotonic()
        _, status, usage = os.wait4(process.pid, 0)
        ended, process.returncode = time.monotonic(), os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise CommandFailed(f"`{' '.join(command)}` ended with status {process.returncode}; its output is in {log}.")
    if until and reached is None:
        raise CommandFailed(f"`{' '.join(command)}` printed no line that matches '{until}'; its output is in {log}.")
    return {"wall": (reached or ended) - began, "processor": usage.ru_utime + usage.ru_stime}


def render(result: Result) -> str:
    rows = (
        (
            timed.what,
            f"{result[timed.name]['wall']:.0f} s",
            f"{result[timed.name]['processor']:.0f} s",
            f"{timed.earlier:.0f} s" if timed.earlier else "—",
            f"{timed.limit:.0f} s",
        )
        for timed in COMMANDS
    )
    table = make_table(("command", "time", "processor", "when the goal was set", "goal"), rows)
    return f"""\
The commands run one after another, after `make setup`. Processor seconds are those of the whole command and of the \
processes that it started. They can exceed the time, since a machine has several cores.

{table}
"""


def goals(result: Result) -> list[Goal]:
    return [Goal(timed.what, result[timed.name]["wall"], timed.limit, unit=" s", why=timed.why) for timed in COMMANDS]


SECTION = Section("commands", "The commands of a contributor", measure, render, goals)
