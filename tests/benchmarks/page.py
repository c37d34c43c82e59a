"""Writes docs/performance.md, its plots, and the results from which both come."""

import json
import os
import platform
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.table import Table

from infra.asset import ROOT
from tests.benchmarks import plots
from tests.benchmarks.section import Goal, Result, Section, make_table
from tests.benchmarks.sections import functions, polling

PAGE = ROOT / "docs" / "performance.md"
PLOTS = ROOT / "docs" / "performance"
RESULTS = PLOTS / "results.json"

_HEAD = """# Performance

Written by `make bench`, which takes about 20 minutes. `make bench SECTIONS="load money"` measures these sections anew
and keeps the others. It prints each number beside that of the last run.

Machines differ, so a number is a ratio or a count wherever it can be one. Beside a process that kept one of two
processors busy, the ratios of processor times and of memory changed by less than 10%. Other times and executions a
second changed by more.

{goals}
"""


def read_results() -> dict[str, Result]:
    """The results of the last run by section; none if there was no run."""
    results: dict[str, Result] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    return results


def write(sections: Iterable[Section], results: dict[str, Result]) -> None:
    """Write the page, the plots and the results."""
    PLOTS.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(results, indent=1) + "\n")
    _write_plots(results)
    PAGE.write_text(render(sections, results))


def render(sections: Iterable[Section], results: dict[str, Result]) -> str:
    """The page of these results."""
    measured = [section for section in sections if section.name in results]
    rows = [_goal_row(goal) for section in measured for goal in section.goals(results[section.name])]
    head = _HEAD.format(goals=make_table(("number", "measured", "goal", ""), rows))
    return "\n".join([head, *(_render(section, results[section.name]) for section in measured)])


def _render(section: Section, result: Result) -> str:
    measured = f"*`{section.name}`, measured on {result['date']} on {result['machine']}.*"
    return f"## {section.title}\n{section.render(result)}\n\n{measured}\n"


def describe_machine() -> str:
    """What the results depend on."""
    python = ".".join(map(str, sys.version_info[:3]))
    return f"a machine with {os.cpu_count()} processors ({_processor()}), {platform.system()} and Python {python}"


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text().splitlines() if described.exists() else []
    names = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def _goal_row(goal: Goal) -> tuple[str, ...]:
    return goal.what, _number(goal.measured, goal.unit), _limit(goal), goal.verdict


def _limit(goal: Goal) -> str:
    return f"{'at least' if goal.at_least else 'at most'} {goal.limit:g}{goal.unit}"


def _number(number: float, unit: str) -> str:
    return f"{number:.3g}{unit}"


def compare(sections: Iterable[Section], before: dict[str, Result], now: dict[str, Result]) -> Table:
    """Each number of the last run beside that of this one."""
    table = Table(box=None)
    for heading in ("", "last run", "this run", "change", "goal", ""):
        table.add_column(heading)
    for section in sections:
        if section.name not in now:
            continue
        old = (
            {goal.what: goal.measured for goal in section.goals(before[section.name])} if section.name in before else {}
        )
        for goal in section.goals(now[section.name]):
            table.add_row(*_comparison(goal, old.get(goal.what)))
    return table


def _comparison(goal: Goal, old: float | None) -> tuple[str, ...]:
    last, change = ("", "") if old is None else (_number(old, goal.unit), f"{goal.measured / old - 1:+.0%}")
    return goal.what, last, _number(goal.measured, goal.unit), change, _limit(goal), "met" if goal.met else "not met"


def _write_plots(results: dict[str, Result]) -> None:
    if "polling" in results:
        for what in ("polls", "delay"):
            points: Any = polling.points(results["polling"], what)
            plots.write_lines(PLOTS / f"{what}.svg", points, x="seconds", y=what, series="schedule")
    if "functions" in results:
        bars = functions.points(results["functions"])
        plots.write_bars(PLOTS / "cold_starts.svg", bars, x="ratio", y="function", series="asset")
