"""What a definition of a state machine contains."""

import json
import re
from collections.abc import Iterator
from typing import Any

from infra.asset import ROOT
from tools.docs.template import states_of

ASL_VALIDATOR = ROOT / "node_modules" / ".bin" / "asl-validator"
REFERENCE = r"\$[\w.]+"
LITERAL = r"'[^']*'|true|false|\d+"
COMPARISON = rf"{REFERENCE}( !?= ({LITERAL}))?"
MERGED = rf"({REFERENCE}|\{{'\w+': ({REFERENCE}|{LITERAL})\}})"
SIMPLE = [
    rf"{COMPARISON}( and {COMPARISON})?",
    rf"\[{REFERENCE}(, {REFERENCE})*\]",
    rf"\$merge\(\[{MERGED}(, {MERGED})*\]\)",
]


def is_simple(expression: str) -> bool:
    """Whether it is a reference, a comparison, a list of references, or one merge."""
    return any(re.fullmatch(form, expression) for form in SIMPLE)


def expressions(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Each member that has an expression, and the expression."""
    match value:
        case dict():
            for name, each in value.items():
                yield from expressions(each, name)
        case list():
            for each in value:
                yield from expressions(each, key)
        case str() if value.startswith("{%"):
            yield key, value.removeprefix("{%").removesuffix("%}").strip()


def for_statelint(definition: dict[str, Any]) -> dict[str, Any]:
    """A copy for statelint, which refuses a BackoffRate of 2 (not of 2.0) and JSONata in a Wait's Seconds."""
    copy: dict[str, Any] = json.loads(json.dumps(definition))
    for state in states_of(copy).values():
        if state["Type"] == "Wait":
            state["Seconds"] = 10
        for retry in state.get("Retry", []):
            retry |= {"BackoffRate": float(retry["BackoffRate"])} if "BackoffRate" in retry else {}
    return copy
