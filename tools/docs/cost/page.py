"""Writes docs/cost.md from the definition, the template and the prices."""

from collections.abc import Iterator
from decimal import Decimal

from infra.asset import ROOT
from lambdas.rules.input.sweep_input import MOST_PROJECTS
from tools.docs.cost.at_rest import FREE_DASHBOARDS, usage_at_rest
from tools.docs.cost.prices import AS_OF, REGION, Price, cost_of
from tools.docs.cost.scenarios import TYPICAL, WORST, sweeps
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
    Sweep,
)

PAGE = ROOT / "docs" / "cost.md"
A_MONTH = (1, 100, 10_000)
SWEPT = (10, 100, 1_000)  # projects
DAYS = 30
SMALL = Decimal("0.01")  # of the total: smaller shares get no row

_HEAD = f"""# Cost

**A distribution costs about {{typical}}. At rest the stack costs {{rest}} a month: {{kept}}.**

Written by `make docs`, which counts the states that executions enter and the resources in the template. Prices are list
prices in US dollars, in {REGION}, as of {AS_OF}, without the free tier.

| creation of the datasets | distribution by Rekognition | state transitions | invocations | cost |
|---|---|---|---|---|
{{cases}}

The first row is the typical case of this page. How long Rekognition takes is not documented. Polling causes most of the
cost.

| typical distributions in a month | cost | at rest | together |
|---|---|---|---|
{{months}}

## Cost of a typical distribution
| service | unit | units | cost |
|---|---|---|---|
{{shares}}

## A sweep
The schedule starts a [sweep](sweep.md) each day (`sweepHours`), also when nothing is to be started, as here. An
execution that a sweep starts costs as much as any other.

| projects | state transitions | invocations | one sweep | {DAYS} daily sweeps |
|---|---|---|---|---|
{{sweeps}}

## At rest
{{kept}}. Every other resource in the template costs by use, or nothing; a test checks each one.
The free tier of an account has {FREE_DASHBOARDS} dashboards of at most 50 metrics each (*Amazon CloudWatch pricing*).
Each other dashboard costs ${Price.DASHBOARD.value.usd} a month.
The key costs ${Price.KEY.value.usd} more a month after its first rotation, and again after its second
(*AWS KMS pricing*).

## Method
- One distribution has two executions: the one that distributes, and one that the event of the other dataset starts and
  that is skipped.
- The interpreter of the local AWS walks through the definition and lists the states. Only waits take time: the polling
  interval, in the middle of its jitter. Tests compare the walk with executions on the local AWS.
- Each state is one transition. Each task is one request or one invocation. The policies in the template say what a
  function calls. An invocation has the memory in the template, and {SECONDS_BILLED} billed seconds, as a cold start.
- A record has up to {RECORD_KB} KB, a message {MESSAGE_KB} KB, a page {PAGE_KB} KB. Logs have up to {LOG_KB} KB for an
  invocation and {EVENTS_KB} KB for a state. Tests check these sizes.
- The cost of a distribution includes its page and its logs until they expire. A record stays; {RECORDS_KEPT} months
  of it are included.
- A sweep takes {MOST_PROJECTS} projects and then starts another sweep for the rest. Its invocations cost less than here
  when the function is warm.
- A custom metric costs for each hour in which it is sent. All distributions of an hour share that cost.
- Each request to an encrypted service counts as one request to KMS.
- One e-mail address is subscribed.

## Not included
- Rekognition: no price is published for `DistributeDatasetEntries` and the other calls.
- Retries: each adds one transition and its task.
- Executions that fail, time out or are stopped: each adds an invocation of `notify_ending` and its calls.
- Data transfer, the CloudTrail trail, and other subscribers and rules.

## Prices
| source | price | unit |
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
        _case("24 hours", "not finished after 24 hours", worst),
    ]
    return _HEAD.format(
        typical=_small(typical.cost()),
        rest=_money(rest),
        kept=_kept(stack),
        cases="\n".join(cases),
        months="\n".join(_month(typical, number, rest) for number in A_MONTH),
        shares="\n".join(_shares(typical)),
        sweeps="\n".join(_sweep(projects, Sweep(stack, sweeps(stack.sweep, projects))) for projects in SWEPT),
        prices="\n".join(map(_price, Price)),
    )


def _case(creation: str, distribution: str, priced: Distribution) -> str:
    transitions, invocations = (int(priced.amounts[price]) for price in (Price.TRANSITION, Price.INVOCATION))
    return f"| {creation} | {distribution} | {transitions:,} | {invocations:,} | {_small(priced.cost())} |"


def _sweep(projects: int, priced: Sweep) -> str:
    transitions, invocations = (int(priced.amounts[price]) for price in (Price.TRANSITION, Price.INVOCATION))
    costs = f"{_small(priced.cost())} | {_money(priced.cost(DAYS))}"
    return f"| {projects:,} | {transitions:,} | {invocations:,} | {costs} |"


def _month(distribution: Distribution, number: int, rest: Decimal) -> str:
    cost = distribution.cost(number)
    return f"| {number:,} | {_money(cost)} | {_money(rest)} | {_money(cost + rest)} |"


def _shares(distribution: Distribution) -> Iterator[str]:
    costs = {price: price.usd * amount for price, amount in distribution.usage().items()}
    large = [price for price, cost in costs.items() if cost >= distribution.cost() * SMALL]
    for price in sorted(large, key=lambda price: costs[price], reverse=True):
        number = _number(distribution.usage()[price])
        yield f"| {price.value.service} | {price.value.unit} | {number} | {_small(costs[price])} |"
    yield f"| all others | | | {_small(distribution.cost() - sum(costs[price] for price in large))} |"


def _kept(stack: Stack) -> str:
    """The resources that cost at rest, in words."""
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
    """An amount of less than a dollar, with two significant digits."""
    return f"${usd:.{1 - usd.adjusted()}f}"


def _money(usd: Decimal) -> str:
    return f"${usd:,.2f}"


def _duration(seconds: float) -> str:
    return f"{seconds / 60:g} minutes"
