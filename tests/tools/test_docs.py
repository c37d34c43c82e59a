"""The pages that `make docs` writes."""

import re
from pathlib import Path

import pytest

from infra.asset import ROOT
from lambdas.rules.sweep import SweepAction, Why
from tools.docs import settings
from tools.docs.__main__ import main
from tools.docs.state_graph import reached_states
from tools.docs.template import SWEEP, WORKFLOW, render_definition, states_of


def test_no_page_is_stale() -> None:
    assert main(["--check"]) == 0


def test_check_fails_and_names_a_stale_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "render", lambda: "Another text.")
    assert main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/settings.md is stale. Run `make docs` and commit the page.\n"


@pytest.mark.parametrize("machine", [WORKFLOW, SWEEP])
def test_state_graph_has_every_state(machine: str) -> None:
    definition = render_definition(machine=machine)
    assert set(reached_states(definition)) == set(states_of(definition))


def test_page_of_the_sweep_explains_every_action_and_reason() -> None:
    rows = re.findall(r"^\| `([A-Z_]+)` \|", (ROOT / "docs" / "sweep.md").read_text(), re.MULTILINE)
    assert sorted(rows) == sorted([*SweepAction, *Why])


WRITTEN = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())
    assert [link for link in links if not (page.parent / link).exists()] == []


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_named_with_its_folder_exists(page: Path) -> None:
    named = re.findall(r"(?<![.\w/])((?:infra|lambdas|local|tests|tools|docs)/[\w/.-]+\.\w+)", page.read_text())
    assert [name for name in named if not (ROOT / name).exists()] == []


def test_index_lists_every_page() -> None:
    listed = re.findall(r"\]\(([^)]+)", (ROOT / "docs" / "index.md").read_text())
    assert {page.name for page in ROOT.glob("docs/*.md")} - {"index.md"} <= set(listed)
