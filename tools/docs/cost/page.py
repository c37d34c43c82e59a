"""docs/cost.md, from the definition, the template and the prices."""

from collections.abc import Iterator
from decimal import Decimal

from infra.asset import ROOT
from tools.docs.cost.at_rest import FREE_DASHBOARDS, usage_at_rest
from tools.docs.cost.prices import AS_OF, REGION, Price, cost_of
from tools.docs.cost.scenarios import TYPICAL, WORST
from tools.docs.cost.usage import (
    EVENTS_KB,
    LOG_KB,
    MESSAGE_KB,
    PAGE_KB,
    RECORD_KB,
    RECORDS_KEPT,
    SECONDS_BILLED,
    Distribution,
    Stack,
)

PAGE = ROOT / "docs" / "cost.md"
A_MONTH = (1, 100, 10_000)
SMALL = Decimal("0.01")  # of the whole: what is less goes without a row

_HEAD = f"""# What it costs

**A distribution costs about {{typical}}. At rest the stack costs {{rest}} a month: {{kept}}.**

Written by `make docs`, which counts what the state machine's definition does and what is in the template.
US dollars, list prices of {REGION} as of {AS_OF}, without any free tier.

| the datasets are being created for | Rekognition distributes for | state transitions | invocations | it costs |
|---|---|---|---|---|
{{cases}}

The first is taken as usual; how long Rekognition takes is not documented. Most of what it costs is to look, again and
again, whether it has finished.

| distributions a month, as usual | they cost | and at rest | together |
|---|---|---|---|
{{months}}

## What one costs, as usual
| | of | how many | they cost |
|---|---|---|---|
{{shares}}

## At rest
{{kept}}. Each other resource of the template costs by use, or nothing: a test goes through them all.
The first {FREE_DASHBOARDS} dashboards of an account cost nothing, each other one ${Price.DASHBOARD.value.usd}.
The key costs ${Price.KEY.value.usd} more after its first rotation, and again after its second.

## How it is computed
- One distribution is two executions: the one that distributes, and the one that the other dataset's event starts and
  that stands aside.
- The states that they enter come from a walk through the definition, by the interpreter that the local AWS has. Only
  waits take time, as the polling interval has it in the middle of its jitter. Tests hold the walk against executions on
  the local AWS.
- Each state entered is one transition. Each task is a request, or an invocation: {SECONDS_BILLED} billed seconds,
  as if each were a cold start, with the memory that the template gives it. What it calls follows from its policies.
- A record has up to {RECORD_KB} KB, which a write pays for, a message {MESSAGE_KB} KB, a page {PAGE_KB} KB. The logs
  have {LOG_KB} KB for an invocation and {EVENTS_KB} KB for a state. Tests hold these, too.
- A distribution pays for its page and its logs until they expire. Its record stays: it pays for {RECORDS_KEPT} months.
- A custom metric costs for each hour in which it is sent, however often: many distributions an hour share it.
- Each request to a service counts as one to KMS, too, as if no data key were kept.
- One e-mail address subscribes.

## What is left out
- Rekognition: no price is published for `DistributeDatasetEntries` and the calls around it.
- Retries: each is one more transition and its task once more.
- Data transfer, CloudTrail's trail, and what other subscribers and rules do with what they are told.

## The prices
| | price | for |
|---|---|---|
{{prices}}
"""


def render() -> str:
    """The page."""
    stack = Stack()
    typical, worst = (Distribution(stack, scenario.walks(stack.definition)) for scenario in (TYPICAL, WORST))
    rest = cost_of(usage_at_rest(stack.resources))
    cases = [
        _case(_duration(TYPICAL.creation), _duration(TYPICAL.distribution), typical),
        _case("24 hours", "24 hours, and is given up", worst),
    ]
    return _HEAD.format(
        typical=_small(typical.cost()),
        rest=_money(rest),
        kept=_kept(stack),
        cases="\n".join(cases),
        months="\n".join(_month(typical, number, rest) for number in A_MONTH),
        shares="\n".join(_shares(typical)),
        prices="\n".join(map(_price, Price)),
    )


def _case(creation: str, distribution: str, priced: Distribution) -> str:
    transitions, invocations = (int(priced.amounts[price]) for price in (Price.TRANSITION, Price.INVOCATION))
    return f"| {creation} | {distribution} | {transitions:,} | {invocations:,} | {_small(priced.cost())} |"


def _month(distribution: Distribution, number: int, rest: Decimal) -> str:
    cost = distribution.cost(number)
    return f"| {number:,} | {_money(cost)} | {_money(rest)} | {_money(cost + rest)} |"


def _shares(distribution: Distribution) -> Iterator[str]:
    costs = {price: price.usd * amount for price, amount in distribution.usage().items()}
    large = [price for price, cost in costs.items() if cost >= distribution.cost() * SMALL]
    for price in sorted(large, key=lambda price: costs[price], reverse=True):
        number = _number(distribution.usage()[price])
        yield f"| {price.value.service} | {price.value.unit} | {number} | {_small(costs[price])} |"
    yield f"| everything else | | | {_small(distribution.cost() - sum(costs[price] for price in large))} |"


def _kept(stack: Stack) -> str:
    """What costs at rest, in words."""
    usage = usage_at_rest(stack.resources)
    names = {Price.KEY: ("key", "keys"), Price.ALARM: ("alarm", "alarms")}
    return " and ".join(
        f"{int(amount)} {names[price][amount != 1]} at ${price.value.usd}" for price, amount in usage.items()
    )


def _price(price: Price) -> str:
    usd, per, unit, service = price.value
    return f"| {service} pricing | ${usd} | {per:,} {unit} |" if per > 1 else f"| {service} pricing | ${usd} | {unit} |"


def _number(amount: Decimal) -> str:
    return f"{amount:,.0f}" if amount == int(amount) else f"{amount:.2g}"


def _small(usd: Decimal) -> str:
    """Two digits that count, of less than a dollar."""
    return f"${usd:.{1 - usd.adjusted()}f}"


def _money(usd: Decimal) -> str:
    return f"${usd:,.2f}"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:g} minutes"
