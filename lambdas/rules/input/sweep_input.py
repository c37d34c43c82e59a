"""What a sweep is asked to do: read a person's input, or that of the schedule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.rules.failures.errors import InvalidInput
from lambdas.rules.input.arns import PROJECT_NAME
from lambdas.rules.input.execution_input import PERSON, SCHEDULE
from lambdas.rules.input.quotes import quote
from lambdas.rules.tags import covers

ACCEPTED = (
    'Give {} for every project of this deployment, or {"ProjectNames": ["NAME", "BEGINNING*"]}. With either you can '
    'also give "DryRun": true.'
)
ALL = ("*",)
MOST_NAMES = 1_000
MOST_PROJECTS = 200
"""That one sweep takes: their rows are the data of one state, which has 256 KB ("Service quotas", AWS Step Functions
Developer Guide). The sweep starts another one for the rest."""
MOST_UNMATCHED = 50
"""Names in the output of a sweep, which has the rows of its projects, too."""
_KEYS = ("ProjectNames", "DryRun", "StartedBy", "After")


@dataclass(frozen=True, kw_only=True)
class SweepRequest:
    """`names` are names of projects; `*` at the end stands for any ending. `after` is the last project before."""

    names: tuple[str, ...] = ALL
    dry_run: bool = False
    started_by: str = PERSON
    after: str = ""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """The projects that a sweep takes, whether there are more, and MOST_UNMATCHED of the names that no project has."""

    projects: tuple[str, ...]
    unmatched: tuple[str, ...]
    more: bool


def read_sweep_input(given: Any) -> SweepRequest:
    """Raises InvalidInput, which says what was given and what is accepted."""
    if not isinstance(given, Mapping):
        raise _invalid(f"The input is {quote(given)}, which is not a JSON object.")
    unknown = sorted(given.keys() - {*_KEYS})
    if unknown:
        raise _invalid(f"The input has the unknown key {quote(unknown[0])}.")
    dry_run, started_by = given.get("DryRun", False), given.get("StartedBy", PERSON)
    if not isinstance(dry_run, bool):
        raise _invalid(f"DryRun is {quote(dry_run)}, which is neither true nor false.")
    if started_by not in (PERSON, SCHEDULE):
        raise _invalid(f"StartedBy is {quote(started_by)}, but only the schedule gives it.")
    after = given.get("After", "")
    if not isinstance(after, str):
        raise _invalid(f"After is {quote(after)}, but only a sweep gives it.")
    names = _read_names(given["ProjectNames"]) if "ProjectNames" in given else ALL
    return SweepRequest(names=names, dry_run=dry_run, started_by=started_by, after=after)


def choose_projects(request: SweepRequest, existing: Iterable[str], covered: Iterable[str]) -> Choice:
    """Of the existing projects those that the deployment covers and the request names, in alphabetical order."""
    known = sorted({name for name in existing if covers(covered, name)})
    wanted = [name for name in known if covers(request.names, name)]
    unmatched = [name for name in request.names if not any(covers((name,), each) for each in known)]
    rest = [name for name in wanted if name > request.after]
    return Choice(
        projects=tuple(rest[:MOST_PROJECTS]),
        unmatched=() if request.after or request.names == ALL else tuple(unmatched[:MOST_UNMATCHED]),
        more=len(rest) > MOST_PROJECTS,
    )


def continue_after(request: SweepRequest, last: str) -> dict[str, Any]:
    """The input of the sweep that takes the rest of the projects."""
    return {
        "ProjectNames": list(request.names),
        "DryRun": request.dry_run,
        "StartedBy": request.started_by,
        "After": last,
    }


def _read_names(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not given:
        raise _invalid(f"ProjectNames is {quote(given)}, which is not a list of names.")
    if len(given) > MOST_NAMES:
        raise _invalid(f"ProjectNames has {len(given):,} names, and a sweep takes {MOST_NAMES:,}. Use `*`.")
    wrong = [name for name in given if not isinstance(name, str) or not _is_pattern(name)]
    if wrong:
        raise _invalid(
            f"ProjectNames has {quote(wrong[0])}. A name has 1 to 255 letters, digits, hyphens, underscores and dots; "
            "`*` at its end stands for any ending."
        )
    return tuple(dict.fromkeys(given))


def _is_pattern(name: str) -> bool:
    return name == "*" or PROJECT_NAME.fullmatch(name.removesuffix("*")) is not None


def _invalid(problem: str) -> InvalidInput:
    return InvalidInput(f"{problem} {ACCEPTED}")
