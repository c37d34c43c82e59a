"""Draws the graphs of both state machines into docs/architecture.md, in Mermaid, from their definitions."""

import re
from collections.abc import Iterator
from typing import Any

from infra.asset import ROOT
from tools.docs.template import states_of

PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn by make docs -->\n", "<!-- end of the drawing -->\n"

Definition = dict[str, Any]
State = dict[str, Any]
_SHAPES = {"Choice": "{{{}}}", "Wait": "[/{}/]", "Succeed": "([{}])", "Fail": "([{}])"}
_FUNCTION = ":states:::lambda:invoke"
_REPORT = "Report outcome"


def draw(definition: Definition) -> str:
    """The states and the arrows between them. The arrow of an error is dashed.

    An error has no arrow if it leads to the report, or to the same state as a success.
    """
    states = reached_states(definition)
    numbers = {name: f"s{number}" for number, name in enumerate(states)}
    lines = ["```mermaid", "flowchart TD"]
    lines += [f"    {numbers[name]}{_shape(name, state)}" for name, state in states.items()]
    for name, state in states.items():
        lines += [f"    {numbers[name]} {arrow} {numbers[to]}" for arrow, to in _arrows(state)]
    return "\n".join([*lines, "```", ""])


def reached_states(definition: Definition) -> dict[str, State]:
    """The states of the state machine by name, in the order in which an execution can reach them."""
    states: dict[str, State] = {}
    existing = states_of(definition)
    reached = [definition["StartAt"]]
    while reached:
        name = reached.pop(0)
        if name not in states:
            states[name] = existing[name]
            reached += [to for _, to in _arrows(states[name])]
    return states


def render(*definitions: Definition) -> str:
    """The page with the current drawings, in the order of the definitions."""
    drawings = (f"{BEGIN}{draw(definition)}{END}" for definition in definitions)
    return re.sub(f"{BEGIN}.*?{END}", lambda _: next(drawings), PAGE.read_text(), flags=re.DOTALL)


def _shape(name: str, state: State) -> str:
    shown = f'"{name}{" λ" if state.get("Resource", "").endswith(_FUNCTION) else ""}"'
    return _SHAPES.get(state["Type"], "[{}]").format(shown)


def _arrows(state: State) -> Iterator[tuple[str, str]]:
    """Each arrow and the state that it leads to. Conditions that lead to the same state share one arrow.

    A condition that compares with no word gets the label "yes".
    """
    labels: dict[str, list[str]] = {}
    following = [state[key] for key in ("Next", "Default") if key in state]
    for choice in state.get("Choices", []):
        labels.setdefault(choice["Next"], []).extend(re.findall(r"'(\w+)'", choice["Condition"]))
    for to, words in labels.items():
        yield f'-- "{", ".join(words) or "yes"}" -->', to
    if state["Type"] == "Map":
        yield '-- "each" -->', state["ItemProcessor"]["StartAt"]
    for to in following:
        yield "-->", to
    for catch in state.get("Catch", []):
        if catch["Next"] not in (_REPORT, *following):
            yield f'-. "{_error(catch["ErrorEquals"])}" .->', catch["Next"]


def _error(errors: list[str]) -> str:
    if errors == ["States.ALL"]:
        return "error"
    return errors[0] if len(errors) == 1 else "cannot run"
