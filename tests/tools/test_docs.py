"""The pages that `make docs` writes."""

import re
from pathlib import Path

import pytest

from infra.asset import ROOT
from tools.docs import settings
from tools.docs.__main__ import main
from tools.docs.state_graph import states_of
from tools.docs.template import render_definition


def test_no_page_is_stale() -> None:
    assert main(["--check"]) == 0


def test_check_fails_and_names_a_stale_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "render", lambda: "Another text.")
    assert main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/settings.md is stale. Run `make docs` and commit the page.\n"


def test_state_graph_has_every_state() -> None:
    assert set(states_of(render_definition())) == set(render_definition()["States"])


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
