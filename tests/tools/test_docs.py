"""The pages that come from code."""

import pytest

from infra.settings import Settings
from tools.docs import settings
from tools.docs.__main__ import main
from tools.docs.definition import render_definition
from tools.docs.state_graph import states_of
from tools.docs.template import synthesize


def test_no_page_is_stale() -> None:
    assert main(["--check"]) == 0


def test_stale_page_fails_the_check_by_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(settings, "render", lambda: "The code says otherwise now.")
    assert main(["--check"]) == 1
    assert capsys.readouterr().out == "docs/settings.md is stale. Run `make docs` and commit the page.\n"


def test_state_graph_has_every_state() -> None:
    assert set(states_of(synthesize(Settings()))) == set(render_definition()["States"])
