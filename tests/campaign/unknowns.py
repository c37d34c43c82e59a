"""`make unknowns`: the end-to-end tests once under each plausible answer to what AWS does not say.

With words, only the answers with one of them in their name: `make unknowns ANSWER=distribute_while`.
"""

import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.campaign.answers import Answer, named, plausible

SUITE = ["test_workflow", "test_claim", "test_trigger", "test_bad_input"]
# Fifty races, and eight functions that are killed and take a new process: nothing there depends on an answer.
LEFT_OUT = "of_two_executions_that_race or killed_at_any_of_its_calls"
MOMENT = 0.3  # real seconds, in which an execution looks a few times
LONGEST_RUN = 900  # seconds
SIDE_BY_SIDE = 2  # answers, each on one local AWS


@dataclass
class Run:
    """The suite under one answer; `failed` are names of tests, or one sentence when the suite itself ended badly."""

    answer: str
    seconds: float
    passed: int = 0
    skipped: int = 0
    failed: list[str] = field(default_factory=list)


def main() -> int:
    """The exit status: 0 when every test passed under every answer, 1 when not, 2 when no answer has such a name."""
    chosen = [
        name for name in map(_in_real_time, plausible()) if not sys.argv[1:] or any(w in name for w in sys.argv[1:])
    ]
    if not chosen:
        print(f"No answer has {' or '.join(sys.argv[1:])} in its name; there are {', '.join(map(named, plausible()))}.")
        return 2
    console, runs = Console(highlight=False), []
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        for number, run in enumerate(pool.map(_run, ["", *chosen])):
            runs.append(run)
            results = f"{run.passed} passed, {len(run.failed)} failed, {run.seconds:.0f} s"
            console.print(f"{number}/{len(chosen)} {run.answer}: {results}")
            for name in run.failed:
                console.print(f"    {name}", markup=False)
    console.print(_table(runs))
    return 1 if any(run.failed for run in runs) else 0


def _in_real_time(answer: Answer) -> str:
    """The suite's waits take no time and its clock is real: what is late is late by a moment."""
    late = {"late_seconds": MOMENT} if "late_dataset" in answer else {}
    return named({name: MOMENT if name.endswith("_seconds") else value for name, value in (answer | late).items()})


def _run(answer: str) -> Run:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        suite = [f"tests/workflow/{name}.py" for name in SUITE]
        pytest = [sys.executable, "-m", "pytest", "--numprocesses=0", "-k", f"not ({LEFT_OUT})"]
        command = [*pytest, *suite, f"--answer={answer}", f"--junitxml={report}"]
        try:
            subprocess.run(command, capture_output=True, timeout=LONGEST_RUN, check=False)
        except subprocess.TimeoutExpired:
            return Run(answer, LONGEST_RUN, failed=[f"It took longer than {LONGEST_RUN} s."])
        run = Run(answer or "the default of each", time.monotonic() - began)
        _count(run, report)
    return run


def _count(run: Run, report: Path) -> None:
    if not report.exists():
        run.failed = ["It wrote no report."]
        return
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        results = {child.tag for child in case}
        if results & {"failure", "error"}:
            run.failed.append(f"{case.get('classname')}::{case.get('name')}")
        elif "skipped" in results:
            run.skipped += 1
        else:
            run.passed += 1


def _table(runs: list[Run]) -> Table:
    table = Table("answer", box=None)
    for heading in ("passed", "failed", "skipped", "seconds"):
        table.add_column(heading, justify="right")
    for run in runs:
        table.add_row(run.answer, *map(str, (run.passed, len(run.failed), run.skipped, round(run.seconds))))
    return table


if __name__ == "__main__":
    sys.exit(main())
