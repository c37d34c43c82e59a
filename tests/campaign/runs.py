"""Run many random scenarios in several processes. A scenario that breaks a promise is shrunk before it is reported."""

import multiprocessing
import queue
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.queues import Queue
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from local.aws import LocalAws, forget_other_accounts
from local.cdk import deploy
from tests.campaign.answers import MAY_READ_IMAGES
from tests.campaign.environment import Environment
from tests.campaign.observations import Observations
from tests.campaign.promises import find_violations
from tests.campaign.scenario import Scenario, draw_scenario
from tests.campaign.scenario_run import observe
from tests.support.deadlines import shorten_deadlines

MAX_SHRINKS = 60  # scenarios that are tried to find a smaller one
RUNS_BETWEEN_LINES = 100  # of progress, if the output is no terminal
RUNS_PER_AWS = 400  # because a local AWS keeps every execution in memory
NO_FAULT = "none"


@dataclass
class Run:
    """The result of one run: the faults that took effect, how often the executions ended in each way, the violations.

    `smallest` describes the smallest scenario found that breaks a promise, line by line.
    """

    number: int
    endings: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    smallest: list[str] = field(default_factory=list)


def run_scenario(environment: Environment, seed: int, number: int) -> Run:
    """Run this scenario, and shrink it if it breaks a promise."""
    scenario = draw_scenario(seed, number)
    observed = observe(environment, scenario)
    faults = sorted({_fault_place(fault.call) for fault, times in observed.fault_counts if times})
    run = Run(number, _count_endings(observed), faults, find_violations(scenario, observed))
    if run.violations:
        run.smallest = _shrink(environment, scenario, observed)
    return run


@contextmanager
def open_environment() -> Iterator[Environment]:
    """Deploy the stack on a new local AWS: the clock of a campaign runs far ahead of the clock of other tests."""
    with LocalAws(wait_scale=0) as aws:
        stack = deploy(aws, context=MAY_READ_IMAGES)
        with shorten_deadlines(aws, stack):
            yield Environment(aws, stack)


def run_campaign(runs: int, seed: int, workers: int, first: int = 0) -> int:
    """Run the scenarios, and print progress and a table. Returns 0 if all runs were done and none has a violation."""
    console = Console()
    context = multiprocessing.get_context("spawn")
    results: Queue[Run | None] = context.Queue()
    shares = [range(first + worker, first + runs, workers) for worker in range(workers)]
    processes = [context.Process(target=_work, args=(seed, share, results), daemon=True) for share in shares]
    for process in processes:
        process.start()
    began = time.monotonic()
    done = list(_receive_runs(console, results, processes, runs, seed))
    for process in processes:
        process.join()
    console.print(render(done, seed, time.monotonic() - began))
    return 0 if len(done) == runs and not any(run.violations for run in done) else 1


def _work(seed: int, numbers: range, results: "Queue[Run | None]") -> None:
    forget_other_accounts()
    with suppress(KeyboardInterrupt):
        for first in range(0, len(numbers), RUNS_PER_AWS):
            _work_on_one_aws(seed, numbers[first : first + RUNS_PER_AWS], results)


def _work_on_one_aws(seed: int, numbers: range, results: "Queue[Run | None]") -> None:
    with open_environment() as environment:
        for number in numbers:
            results.put(run_scenario(environment, seed, number))


def _receive_runs(console: Console, results: Any, processes: list[Any], runs: int, seed: int) -> Iterator[Run]:
    """Each run when it is done. Prints progress and violations. Stops early if all processes have ended."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Runs", total=runs)
        broken = 0
        while not progress.finished:
            with suppress(queue.Empty):
                run = results.get(timeout=1)
                broken += bool(run.violations)
                for line in _describe_violations(run, seed):
                    console.print(line, markup=False, highlight=False, soft_wrap=True)
                progress.update(task, advance=1, description=f"Runs, {broken} with a violation")
                if not console.is_terminal and not progress.tasks[task].completed % RUNS_BETWEEN_LINES:
                    console.print(f"{progress.tasks[task].completed:.0f} of {runs} runs, {broken} with a violation")
                yield run
            if not any(process.is_alive() for process in processes) and results.empty():
                return


def _describe_violations(run: Run, seed: int) -> Iterator[str]:
    if run.violations:
        yield f"\nRun {run.number} of seed {seed} breaks a promise: make chaos RUNS=1 SEED={seed} FIRST={run.number}"
        yield from (f"  {violation}" for violation in run.violations)
        yield "The smallest scenario found that breaks a promise:"
        yield from (f"  {line}" for line in run.smallest)


def render(runs: list[Run], seed: int, seconds: float) -> Table:
    """How often the executions ended in each way, by the faults that took effect in their runs."""
    broken = sum(bool(run.violations) for run in runs)
    title = f"{len(runs)} runs of seed {seed}, {broken} with a violation, {seconds / 60:.0f} minutes"
    columns = sorted({ending for run in runs for ending in run.endings})
    table = Table(title=title, box=None)
    table.add_column("fault in", overflow="fold")
    for heading in ("runs", *columns):
        table.add_column(heading, overflow="fold", justify="right")
    by_fault: dict[str, list[Run]] = {}
    for run in runs:
        for fault in run.faults or [NO_FAULT]:
            by_fault.setdefault(fault, []).append(run)
    for fault, affected in sorted(by_fault.items()):
        endings = sum((run.endings for run in affected), Counter[str]())
        table.add_row(fault, str(len(affected)), *(str(endings[column]) for column in columns))
    return table


def _count_endings(observed: Observations) -> Counter[str]:
    return Counter(each.outcome or each.status for execution in observed.executions for each in execution.endings)


def _fault_place(call: str) -> str:
    """The name of the state, or the API call."""
    return call.removeprefix("state:")


def _shrink(environment: Environment, scenario: Scenario, observed: Observations) -> list[str]:
    """Remove one part after another while the rest still breaks a promise. Returns the description of the result."""
    tries = 0
    candidates = scenario.shrink()
    while tries < MAX_SHRINKS and (smaller := next(candidates, None)):
        tries += 1
        result = observe(environment, smaller)
        if find_violations(smaller, result):
            scenario, observed, candidates = smaller, result, smaller.shrink()
    return [*scenario.describe(), *find_violations(scenario, observed), *_describe_executions(observed)]


def _describe_executions(observed: Observations) -> Iterator[str]:
    for execution in observed.executions:
        ends = ", ".join(f"{each.outcome or each.status} {each.error}".strip() for each in execution.endings)
        yield f"started by {execution.started_by}: {' → '.join(execution.states)}: {ends}"
