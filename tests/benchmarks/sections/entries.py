"""What the largest dataset costs the local Custom Labels service."""

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from local.aws import ROOT
from tests.benchmarks.section import Goal, Result, Section, make_table
from tests.benchmarks.sections import largest_dataset
from tests.benchmarks.sections.largest_dataset import MEASUREMENTS, make_manifest

ENTRIES = 250_000  # the quota of a dataset ("Guidelines and quotas", Custom Labels Developer Guide)
RUNS = 9
_LIMIT = "each line is read by `json.loads`, too, and then each of its attributes is checked"


def measure() -> Result:
    """The medians of the runs. The two measurements alternate, so both see the same machine."""
    with TemporaryDirectory() as folder:
        manifest = Path(folder) / "output.manifest"
        manifest.write_bytes(make_manifest(ENTRIES))
        runs = [{name: measure_alone(name, manifest) for name in MEASUREMENTS} for _ in range(RUNS)]
        counts = {result["listed"] for run in runs for result in run.values()}
        if counts != {ENTRIES}:
            raise RuntimeError(f"Each measurement has to read {ENTRIES} entries. They read {sorted(counts)}.")
        medians = {name: take_medians([run[name] for run in runs]) for name in MEASUREMENTS}
        return {"entries": ENTRIES, "manifest": manifest.stat().st_size, **medians}


def take_medians(runs: list[Result]) -> Result:
    return {name: median(run[name] for run in runs) for name in runs[0]}


def measure_alone(name: str, manifest: Path) -> Result:
    command = [sys.executable, "-m", largest_dataset.__name__, name, str(manifest)]
    result: Result = json.loads(subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout)
    return result


def render(result: Result) -> str:
    ours, theirs, size = result["service"], result["json"], result["manifest"]
    table = make_table(
        ("", "the service", "`json.loads`"),
        (
            ("import", f"{ours['import']:.2f} s", f"{theirs['import']:.2f} s"),
            ("memory, in sizes of the manifest", f"{ours['memory'] / size:.1f}", f"{theirs['memory'] / size:.1f}"),
            ("distribution", f"{ours['distribution']:.2f} s", "—"),
            ("a page of ListDatasetEntries", f"{ours['page'] * 1000:.2f} ms", "—"),
        ),
    )
    return f"""\
The local service imports a manifest of {result["entries"]:,} entries, {size / 1e6:.0f} MB. Each entry has one of three
labels. Beside it, `json.loads` reads each line, and a list keeps the values. Seconds are of the processor. Memory is
the most that the process has during the import (`VmHWM`), less what it has before, when it has the manifest. Each
number is the median of {RUNS} runs, each in a process of its own.

{table}

The service lists the dataset in {ours["pages"]:,} pages of the default size. A page is one request, without HTTP. The
distribution moves {ours["moved"]:,} entries.
"""


def goals(result: Result) -> list[Goal]:
    ours, theirs = result["service"], result["json"]
    return [
        Goal("import of 250,000 entries, against `json.loads`", ours["import"] / theirs["import"], 1.5, why=_LIMIT),
        Goal("memory of the import, against the manifest", ours["memory"] / result["manifest"], 2),
        Goal("a page of ListDatasetEntries", ours["page"] * 1000, 2, unit=" ms"),
    ]


SECTION = Section("entries", "250,000 entries in the local Custom Labels", measure, render, goals)
