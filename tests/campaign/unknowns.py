"""`make unknowns`: run the end-to-end tests under each plausible answer to what AWS does not document.

Arguments select the answers whose name contains one of them: `make unknowns ANSWER=distribute_while`. An argument @file
runs them under the answers of a file only: `make unknowns ANSWERS=.local/verify/answers.json`.
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

from tests.campaign.answers import Answer, named, plausible, read

SUITE = [
    "test_workflow",
    "test_dry_run",
    "test_subject_line",
    "test_claim",
    "test_takeover",
    "test_trigger",
    "test_bad_input",
]
# Fifty races, and functions that are killed: nothing in these tests depends on an answer.
EXCLUDED = "one_of_two_racing_executions or killed_at_any_call"
LAG_SECONDS = 0.3  # real seconds, in which an execution polls a few times
LONGEST_RUN = 900  # seconds
WORKERS = 2  # each runs one answer at a time, on a local AWS of its own


@dataclass
class Run:
    """The results of the suite under one answer. `failed` has names of tests, or one sentence if pytest failed."""

    answer: str
    seconds: float
    passed: int = 0
    skipped: int = 0
    failed: list[str] = field(default_factory=list)


def main() -> int:
    """The exit status: 0 if every test passed under every answer, 1 if one failed, 2 if no answer has such a name."""
    try:
        chosen = _choose(sys.argv[1:])
    except ValueError as error:
        print(error)
        return 2
    if not chosen:
        given, known = " or ".join(sys.argv[1:]), ", ".join(map(named, plausible()))
        print(f"No answer has {given} in its name. The answers are {known}.")
        return 2
    console, runs = Console(highlight=False), []
    with ThreadPoolExecutor(WORKERS) as pool:
        for number, run in enumerate(pool.map(_run_suite, ["", *chosen])):
            runs.append(run)
            results = f"{run.passed} passed, {len(run.failed)} failed, {run.seconds:.0f} s"
            console.print(f"{number}/{len(chosen)} {run.answer}: {results}")
            for name in run.failed:
                console.print(f"    {name}", markup=False)
    console.print(_make_table(runs))
    return 1 if any(run.failed for run in runs) else 0


def _choose(words: list[str]) -> list[str]:
    """The names of the answers. Raises ValueError for a file that has none."""
    files = [word for word in words if word.startswith("@")]
    if files:
        return [_in_real_time(read(each)) for each in files]
    return [name for name in map(_in_real_time, plausible()) if not words or any(word in name for word in words)]


def _in_real_time(answer: Answer) -> str:
    """The name of the answer, with every delay set to LAG_SECONDS: the suite runs in real time."""
    late = {"late_seconds": LAG_SECONDS} if "late_dataset" in answer else {}
    return named({name: LAG_SECONDS if name.endswith("_seconds") else value for name, value in (answer | late).items()})


def _run_suite(answer: str) -> Run:
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        suite = [f"tests/workflow/{name}.py" for name in SUITE]
        pytest = [sys.executable, "-m", "pytest", "--numprocesses=0", "-k", f"not ({EXCLUDED})"]
        command = [*pytest, *suite, f"--answer={answer}", f"--junitxml={report}"]
        try:
            subprocess.run(command, capture_output=True, timeout=LONGEST_RUN, check=False)
        except subprocess.TimeoutExpired:
            return Run(answer, LONGEST_RUN, failed=[f"The suite took longer than {LONGEST_RUN} s."])
        run = Run(answer or "the defaults", time.monotonic() - began)
        _count_results(run, report)
    return run


def _count_results(run: Run, report: Path) -> None:
    if not report.exists():
        run.failed = ["The suite wrote no report."]
        return
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - pytest wrote it
        results = {child.tag for child in case}
        if results & {"failure", "error"}:
            run.failed.append(f"{case.get('classname')}::{case.get('name')}")
        elif "skipped" in results:
            run.skipped += 1
        else:
            run.passed += 1


def _make_table(runs: list[Run]) -> Table:
    table = Table("answer", box=None)
    for heading in ("passed", "failed", "skipped", "seconds"):
        table.add_column(heading, justify="right")
    for run in runs:
        table.add_row(run.answer, *map(str, (run.passed, len(run.failed), run.skipped, round(run.seconds))))
    return table


if __name__ == "__main__":
    sys.exit(main())
