"""The picture of the graph in README.md."""

from infra.settings import Settings
from tools.docs.definition import render_definition
from tools.docs.state_graph import PAGE, draw, insert, states_of
from tools.docs.template import synthesize


def test_the_picture_is_as_the_definition_says() -> None:
    page = PAGE.read_text()
    assert page == insert(page, draw(synthesize(Settings()))), "Write it: make docs"


def test_every_state_is_reached_and_drawn() -> None:
    assert set(states_of(synthesize(Settings()))) == set(render_definition()["States"])
