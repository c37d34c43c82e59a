"""Many random scenarios on several local AWS side by side; a story that breaks a promise is made as short as can be."""

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
from tests.campaign.environment import Aftermath, Stage
from tests.campaign.promises import violations
from tests.campaign.scenario import Scenario, draw
from tests.support.deadlines import shorten_deadlines

TRIES_TO_SHRINK = 60
EVERY = 100  # runs, where nobody watches
ON_ONE_AWS = 400  # runs: it forgets no execution
NO_FAULT = "none struck"


@dataclass
class Run:
    """What came of a run: how its executions ended, by fault that struck; and what broke a promise."""

    number: int
    endings: Counter[str] = field(default_factory=Counter)
    struck: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)
    story: list[str] = field(default_factory=list)


def play(stage: Stage, seed: int, number: int) -> Run:
    """One run; should it break a promise, with the shortest story that does."""
    scenario = draw(seed, number)
    after = stage.play(scenario)
    run = Run(number, _endings(after), sorted({_kind(fault.call) for fault, times in after.struck if times}))
    run.violations = violations(scenario, after)
    if run.violations:
        run.story = _shortest_story(stage, scenario, after)
    return run


@contextmanager
def open_stage() -> Iterator[Stage]:
    """On a local AWS of its own, whose clock runs far ahead of every other."""
    with LocalAws(wait_scale=0) as aws:
        stack = deploy(aws, context=MAY_READ_IMAGES)
        with shorten_deadlines(aws, stack):
            yield Stage(aws, stack)


def run_campaign(runs: int, seed: int, workers: int, first: int = 0) -> int:
    """Play them all, with progress; 0 when every promise held."""
    console = Console()
    context = multiprocessing.get_context("spawn")
    results: Queue[Run | None] = context.Queue()
    shares = [range(first + worker, first + runs, workers) for worker in range(workers)]
    processes = [context.Process(target=_work, args=(seed, share, results), daemon=True) for share in shares]
    for process in processes:
        process.start()
    began = time.monotonic()
    done = list(_follow(console, results, processes, runs, seed))
    for process in processes:
        process.join()
    console.print(render(done, seed, time.monotonic() - began))
    return 0 if len(done) == runs and not any(run.violations for run in done) else 1


def _work(seed: int, numbers: range, results: "Queue[Run | None]") -> None:
    forget_other_accounts()
    with suppress(KeyboardInterrupt):
        for first in range(0, len(numbers), ON_ONE_AWS):
            _work_on_one(seed, numbers[first : first + ON_ONE_AWS], results)


def _work_on_one(seed: int, numbers: range, results: "Queue[Run | None]") -> None:
    with open_stage() as stage:
        for number in numbers:
            results.put(play(stage, seed, number))


def _follow(console: Console, results: Any, processes: list[Any], runs: int, seed: int) -> Iterator[Run]:
    """Each run as it is done, told when it broke a promise; until all are, or whoever plays them has ended."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("Runs", total=runs)
        broken = 0
        while not progress.finished:
            with suppress(queue.Empty):
                run = results.get(timeout=1)
                broken += bool(run.violations)
                for line in _tell(run, seed):
                    console.print(line, markup=False, highlight=False, soft_wrap=True)
                progress.update(task, advance=1, description=f"Runs, {broken} with a violation")
                if not console.is_terminal and not progress.tasks[task].completed % EVERY:
                    console.print(f"{progress.tasks[task].completed:.0f} of {runs} runs, {broken} with a violation")
                yield run
            if not any(process.is_alive() for process in processes) and results.empty():
                return


def _tell(run: Run, seed: int) -> Iterator[str]:
    if run.violations:
        yield f"\nRun {run.number} of seed {seed} breaks a promise: make chaos RUNS=1 SEED={seed} FIRST={run.number}"
        yield from (f"  {violation}" for violation in run.violations)
        yield "The shortest story found:"
        yield from (f"  {line}" for line in run.story)


def render(runs: list[Run], seed: int, seconds: float) -> Table:
    """How the executions of the runs ended, by what struck them."""
    broken = sum(bool(run.violations) for run in runs)
    title = f"{len(runs)} runs of seed {seed}, {broken} violations, {seconds / 60:.0f} minutes"
    columns = sorted({ending for run in runs for ending in run.endings})
    table = Table(title=title, box=None)
    for heading in ("struck by a fault of", "runs", *columns):
        table.add_column(heading, overflow="fold", justify="left" if heading.startswith("struck") else "right")
    by_kind: dict[str, list[Run]] = {}
    for run in runs:
        for kind in run.struck or [NO_FAULT]:
            by_kind.setdefault(kind, []).append(run)
    for kind, struck in sorted(by_kind.items()):
        endings = sum((run.endings for run in struck), Counter[str]())
        table.add_row(kind, str(len(struck)), *(str(endings[column]) for column in columns))
    return table


def _endings(after: Aftermath) -> Counter[str]:
    return Counter(each.outcome or each.status for execution in after.executions for each in execution.endings)


def _kind(call: str) -> str:
    """The state, or the API call."""
    return call.removeprefix("state:")


def _shortest_story(stage: Stage, scenario: Scenario, after: Aftermath) -> list[str]:
    """Greedily: whatever can be left out is."""
    tries = 0
    candidates = scenario.smaller()
    while tries < TRIES_TO_SHRINK and (smaller := next(candidates, None)):
        tries += 1
        came = stage.play(smaller)
        if violations(smaller, came):
            scenario, after, candidates = smaller, came, smaller.smaller()
    return [*scenario.describe(), *violations(scenario, after), *_histories(after)]


def _histories(after: Aftermath) -> Iterator[str]:
    for execution in after.executions:
        ends = ", ".join(f"{each.outcome or each.status} {each.error}".strip() for each in execution.endings)
        yield f"{'event' if execution.by_event else 'hand'}: {' → '.join(execution.states)}: {ends}"
