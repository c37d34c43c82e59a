"""The input of a sweep: what is accepted, what is refused, and which projects it names."""

from typing import Any

import pytest

from lambdas.rules.failures.errors import InvalidInput
from lambdas.rules.input.execution_input import SCHEDULE
from lambdas.rules.input.sweep_input import (
    ACCEPTED,
    MOST_NAMES,
    MOST_PROJECTS,
    Choice,
    SweepRequest,
    choose_projects,
    continue_after,
    read_sweep_input,
)

NO_NAME = "A name has 1 to 255 letters, digits, hyphens, underscores and dots; `*` at its end stands for any ending."


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, SweepRequest()),
        ({"StartedBy": "SCHEDULE"}, SweepRequest(started_by=SCHEDULE)),
        ({"ProjectNames": ["a", "defects-*"]}, SweepRequest(names=("a", "defects-*"))),
        ({"ProjectNames": ["a", "b", "a"]}, SweepRequest(names=("a", "b"))),
        ({"ProjectNames": ["*"], "DryRun": True}, SweepRequest(dry_run=True)),
        ({"ProjectNames": ["a"] * MOST_NAMES}, SweepRequest(names=("a",))),
    ],
)
def test_an_accepted_input_is_read(given: object, expected: SweepRequest) -> None:
    assert read_sweep_input(given) == expected


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (None, "The input is null, which is not a JSON object."),
        ("more than 50,000 characters", 'The input is "more than 50,000 characters", which is not a JSON object.'),
        ({"ProjectName": "a"}, 'The input has the unknown key "ProjectName".'),
        ({"ProjectNames": "a"}, 'ProjectNames is "a", which is not a list of names.'),
        ({"ProjectNames": []}, "ProjectNames is [], which is not a list of names."),
        ({"ProjectNames": ["a", 7]}, f"ProjectNames has 7. {NO_NAME}"),
        ({"ProjectNames": ["a b"]}, f'ProjectNames has "a b". {NO_NAME}'),
        ({"ProjectNames": ["*a"]}, f'ProjectNames has "*a". {NO_NAME}'),
        ({"ProjectNames": ["a**"]}, f'ProjectNames has "a**". {NO_NAME}'),
        ({"ProjectNames": [""]}, f'ProjectNames has "". {NO_NAME}'),
        ({"ProjectNames": ["a" * 256]}, f'ProjectNames has "{"a" * 119}…. {NO_NAME}'),
        ({"ProjectNames": ["a"] * 1001}, "ProjectNames has 1,001 names, and a sweep takes 1,000. Use `*`."),
        ({"DryRun": "true"}, 'DryRun is "true", which is neither true nor false.'),
        ({"StartedBy": "EVENT"}, 'StartedBy is "EVENT", but only the schedule gives it.'),
        ({"After": 1}, "After is 1, but only a sweep gives it."),
    ],
)
def test_an_error_says_what_was_given_and_what_is_accepted(given: object, problem: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_sweep_input(given)
    assert str(refusal.value) == f"{problem} {ACCEPTED}"


@pytest.mark.parametrize(
    ("names", "projects", "unmatched"),
    [
        (("*",), ("defects-1", "defects-2", "own"), ()),
        (("own", "defects-2"), ("defects-2", "own"), ()),
        (("defects-*",), ("defects-1", "defects-2"), ()),
        (("defects-*", "defects-1"), ("defects-1", "defects-2"), ()),
        (("none", "x*", "own"), ("own",), ("none", "x*")),
        (("foreign",), (), ("foreign",)),
    ],
)
def test_names_choose_projects_that_the_deployment_covers(
    names: tuple[str, ...], projects: tuple[str, ...], unmatched: tuple[str, ...]
) -> None:
    existing = ["own", "foreign", "defects-2", "defects-1", "own"]
    found = choose_projects(SweepRequest(names=names), existing, ["own", "defects-*"])
    assert found == Choice(projects=projects, unmatched=unmatched, more=False)


def test_sweeps_that_continue_one_another_take_each_project_once() -> None:
    existing = [f"project-{number:04}" for number in range(1000)]
    given: dict[str, Any] = {"ProjectNames": ["project-*", "none"], "DryRun": True}
    taken: list[str] = []
    unmatched: list[str] = []
    more = True
    while more:
        request = read_sweep_input(given)
        found = choose_projects(request, reversed(existing), ["*"])
        assert len(found.projects) <= MOST_PROJECTS
        assert request.dry_run
        taken, unmatched, more = [*taken, *found.projects], [*unmatched, *found.unmatched], found.more
        given = continue_after(request, found.projects[-1])
    assert (taken, unmatched) == (existing, ["none"])
