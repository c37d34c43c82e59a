"""Transitions and dollars of a usual distribution, against the definitions that users have instead."""

from collections.abc import Iterable
from decimal import Decimal

from tests.benchmarks.peers import definitions
from tests.benchmarks.section import Goal, Result, Section, make_table
from tests.benchmarks.sections import polling
from tools.docs.cost.prices import Price, Usage, cost_of
from tools.docs.cost.scenarios import TYPICAL
from tools.docs.cost.usage import SECONDS_BILLED, Distribution, Stack
from tools.docs.cost.walk import Answers, Visit, walk

BEFORE = {"transitions": 164, "dollars": 0.0075}  # on 25 November 2026
_LIMIT = {
    "transitions": "a poll is three, and no schedule has this delay after every time with fewer polls (*fewest* above)",
    "dollars": "most of it is polls, see above",
}
LEAST_MEMORY = Decimal(128) / 1024  # GB of a peer's function
PEERS = {"every 5 s": definitions.script(5), "every 30 s": definitions.job_poller(30)}


def measure() -> Result:
    stack = Stack()
    walks = TYPICAL.walks(stack.definition)
    ours = {
        "transitions": sum(map(len, walks)),
        "dollars": float(Distribution(stack, walks).cost()),
        "polls": _count(walks[0], stack.definition),
    }
    peers = {name: _measure_peer(definition) for name, definition in PEERS.items()}
    delays = {each.name: polling.medians(each, TYPICAL.distribution)["delay"] for each in polling.SCHEDULES}
    return {
        "definitions": {name: {**found, "delay": delays[name]} for name, found in {"deployed": ours, **peers}.items()}
    }


def _count(visits: Iterable[Visit], definition: definitions.Definition) -> int:
    return sum(definition["States"][visit.state]["Type"] == "Wait" for visit in visits)


def _measure_peer(definition: definitions.Definition) -> dict[str, float]:
    visits = walk(definition, _peer_answers())
    invoked = sum(definition["States"][visit.state].get("Resource", "").endswith("lambda:invoke") for visit in visits)
    usage: Usage = {
        Price.TRANSITION: Decimal(len(visits)),
        Price.INVOCATION: Decimal(invoked),
        Price.GB_SECOND: invoked * SECONDS_BILLED * LEAST_MEMORY,
        Price.PUBLISH: Decimal(1),
        Price.EMAIL: Decimal(1),
    }
    dollars = float(cost_of(usage))
    return {"transitions": len(visits), "dollars": dollars, "polls": _count(visits, definition)}


def _peer_answers() -> Answers:
    """What a peer's tasks answer in the usual distribution."""
    started: list[float] = []

    def answer(state: str, now: float) -> dict[str, bool]:
        match state:
            case "Start distribution":
                started.append(now)
            case "Get Created":
                return {"Done": now >= TYPICAL.creation}
            case "Get Distributed":
                return {"Done": now - started[0] >= TYPICAL.distribution}
        return {}

    return answer


def render(result: Result) -> str:
    rows = [
        (
            name,
            found["polls"],
            found["transitions"],
            f"${found['dollars']:.4f}",
            f"{found['delay']:.0f} s",
        )
        for name, found in result["definitions"].items()
    ]
    headings = ("definition", "polls", "state transitions", "cost", "median delay of the last poll")
    creation, distribution = TYPICAL.creation // 60, TYPICAL.distribution // 60
    return f"""The usual distribution of [cost.md](cost.md): {creation} minutes of creation and {distribution} minutes
of distribution. The same code walks through all definitions. The peers start the distribution, poll, and publish one
message (`tests/benchmarks/peers/definitions.py`). They claim no pair, check nothing, write no record and no report,
log nothing, and a failed call ends them. *Deployed* includes the execution that the event of the other dataset
starts.

{make_table(headings, rows)}"""


def goals(result: Result) -> list[Goal]:
    return [
        Goal(
            f"{what} of a usual distribution, to {before:g} before",
            result["definitions"]["deployed"][what] / before,
            0.8,
            why=_LIMIT[what],
        )
        for what, before in BEFORE.items()
    ]


SECTION = Section("money", "Transitions and dollars", measure, render, goals)
