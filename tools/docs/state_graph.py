"""Draws the graph of the workflow into docs/architecture.md, as Mermaid, from the definition."""

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.asset import ROOT
from tools.docs.grants import Template

PAGE = ROOT / "docs" / "architecture.md"
BEGIN, END = "<!-- drawn by make docs -->\n", "<!-- end of the drawing -->\n"

State = dict[str, Any]
_SHAPES = {"Choice": "{{{}}}", "Wait": "[/{}/]", "Succeed": "([{}])", "Fail": "([{}])"}
_FUNCTION = ":states:::lambda:invoke"
_REPORT = "Report outcome"


def draw(template: Template) -> str:
    """The states and what leads from one to another; where an error leads is dashed.

    Not drawn: an error that leads to the report, or to where the state leads without it.
    """
    states = states_of(template)
    numbers = {name: f"s{number}" for number, name in enumerate(states)}
    lines = ["```mermaid", "flowchart TD"]
    lines += [f"    {numbers[name]}{_shape(name, state)}" for name, state in states.items()]
    for name, state in states.items():
        lines += [f"    {numbers[name]} {arrow} {numbers[to]}" for arrow, to in _arrows(state)]
    return "\n".join([*lines, "```", ""])


def states_of(template: Template) -> dict[str, State]:
    """Of the one state machine, from its first state on, in the order in which they are reached."""
    (machine,) = (r for r in template["Resources"].values() if r["Type"] == "AWS::StepFunctions::StateMachine")
    _, parts = machine["Properties"]["DefinitionString"]["Fn::Join"]
    definition = json.loads("".join(part if isinstance(part, str) else "x" for part in parts))
    states: dict[str, State] = {}
    reached = [definition["StartAt"]]
    while reached:
        name = reached.pop(0)
        if name not in states:
            states[name] = definition["States"][name]
            reached += [to for _, to in _arrows(states[name])]
    return states


def render(template: Template) -> str:
    """The page with today's drawing in its place."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    return f"{before}{BEGIN}{draw(template)}{END}{rest.partition(END)[2]}"


def _shape(name: str, state: State) -> str:
    shown = f'"{name}{" λ" if state.get("Resource", "").endswith(_FUNCTION) else ""}"'
    return _SHAPES.get(state["Type"], "[{}]").format(shown)


def _arrows(state: State) -> Iterator[tuple[str, str]]:
    """Each arrow and where it leads; two that lead to the same state are one."""
    labels: dict[str, list[str]] = {}
    following = [state[key] for key in ("Next", "Default") if key in state]
    for choice in state.get("Choices", []):
        labels.setdefault(choice["Next"], []).extend(re.findall(r"'(\w+)'", choice["Condition"]))
    for to, words in labels.items():
        yield f'-- "{", ".join(words)}" -->', to
    for to in following:
        yield "-->", to
    for catch in state.get("Catch", []):
        if catch["Next"] not in (_REPORT, *following):
            yield f'-. "{_error(catch["ErrorEquals"])}" .->', catch["Next"]


def _error(errors: list[str]) -> str:
    if errors == ["States.ALL"]:
        return "error"
    return errors[0] if len(errors) == 1 else "cannot run"
