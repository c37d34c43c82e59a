"""docs/performance.md is that of docs/performance/results.json, and says truly which goals are met."""

import sys
from pathlib import Path

import pytest

from tests.benchmarks import __main__ as benchmarks
from tests.benchmarks import page
from tests.benchmarks.__main__ import SECTIONS
from tests.benchmarks.section import Goal, Result, Section
from tests.benchmarks.sections.commands import run_command


def test_page_is_that_of_the_results() -> None:
    assert page.PAGE.read_text() == page.render(SECTIONS, page.read_results())


@pytest.mark.parametrize(
    ("goal", "verdict"),
    [
        (Goal("polls", 1.0, 1.0), "met"),
        (Goal("polls", 1.1, 1.0), "not met"),
        (Goal("polls", 1.1, 1.0, why="no schedule has fewer"), "not met: no schedule has fewer"),
        (Goal("executions a second", 6.0, 6.0, at_least=True), "met"),
        (Goal("executions a second", 5.9, 6.0, at_least=True), "not met"),
    ],
)
def test_verdict(goal: Goal, verdict: str) -> None:
    assert goal.verdict == verdict


def test_a_run_is_compared_with_the_last_one() -> None:
    section = Section("polls", "Polls", dict, lambda _: "", lambda result: [Goal("polls", result["polls"], 10)])
    table = page.compare([section], {"polls": {"polls": 8}}, {"polls": {"polls": 6}})
    assert [list(column.cells) for column in table.columns] == [
        ["polls"],
        ["8 ×"],  # noqa: RUF001
        ["6 ×"],  # noqa: RUF001
        ["-25%"],
        ["at most 10 ×"],  # noqa: RUF001
        ["met"],
    ]


def test_a_failed_command_loses_no_section_before_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> Result:
        return run_command("work", (sys.executable, "-c", "raise SystemExit(3)"), logs=tmp_path)

    polls = Section("polls", "Polls", lambda: {"polls": 6}, lambda result: f"{result['polls']} polls", lambda _: [])
    failing = Section("failing", "Failing", fail, lambda _: "", lambda _: [])
    monkeypatch.setattr(benchmarks, "SECTIONS", (polls, failing))
    monkeypatch.setattr(sys, "argv", ["benchmarks"])
    for name in ("PAGE", "PLOTS", "RESULTS"):
        monkeypatch.setattr(page, name, tmp_path / name)
    assert benchmarks.main() == 1
    assert "raise SystemExit(3)` ended with status 3; its output is in" in capsys.readouterr().out
    assert page.read_results()["polls"]["polls"] == 6
    assert "6 polls" in page.PAGE.read_text()
