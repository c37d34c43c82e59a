"""Where the time of an execution goes, without the time that Rekognition needs and without waits, by state."""

from collections import defaultdict
from datetime import datetime
from statistics import median
from typing import Any

from local.aws import LocalAws
from local.cdk import deploy
from tests.benchmarks.section import Goal, Result, Section, make_table
from tests.support.executions import Executions
from tests.support.unique import unique
from tests.support.workbench import Workbench, images

WARM = 15
AT_ONCE = {"creation_seconds": 0, "distribution_seconds": 0, "event_copies": 0}
KINDS = ("cold", "warm")
SHOWN = 0.01  # of the time: states with less share a row


def measure() -> Result:
    with LocalAws(wait_scale=0) as aws:
        executions = Executions(aws, deploy(aws)["StateMachineArn"])
        bench = make_workbench(aws)
        first, *warm = (_run(bench, executions) for _ in range(1 + WARM))
    return {"cold": first, "warm": {state: median(times[state] for times in warm) for state in first}}


def make_workbench(aws: LocalAws) -> Workbench:
    """A workbench whose datasets are there at once, and whose distributions end at once."""
    aws.configure(**AT_ONCE)
    bucket = unique("manifests")
    aws.client("s3").create_bucket(Bucket=bucket)
    return Workbench(aws, aws.client("rekognition"), aws.client("s3"), bucket)


def make_pair(bench: Workbench) -> str:
    """A project with a small pair; its ARN."""
    project: str = bench.rekognition.create_project(ProjectName=unique("project"))["ProjectArn"]
    bench.pair(project, images(10))
    return project


def _run(bench: Workbench, executions: Executions) -> dict[str, float]:
    execution = executions.run({"ProjectArn": make_pair(bench)})
    if execution.ending != "DISTRIBUTED":
        raise RuntimeError(f"An execution of the benchmark ended with {execution.ending}: {execution.cause}")
    return _seconds_by_state(execution.history())


def _seconds_by_state(history: list[dict[str, Any]]) -> dict[str, float]:
    """Seconds by the clock from the entry of each state to its exit. A state that is entered twice counts twice."""
    seconds: defaultdict[str, float] = defaultdict(float)
    entered: dict[str, datetime] = {}
    for event in history:
        if "stateEnteredEventDetails" in event:
            entered[event["stateEnteredEventDetails"]["name"]] = event["timestamp"]
        if "stateExitedEventDetails" in event:
            name = event["stateExitedEventDetails"]["name"]
            seconds[name] += (event["timestamp"] - entered[name]).total_seconds()
    return dict(seconds)


def render(result: Result) -> str:
    totals = {kind: sum(result[kind].values()) for kind in KINDS}
    shown = [state for state, seconds in result["warm"].items() if seconds >= SHOWN * totals["warm"]]
    rest = [state for state in result["warm"] if state not in shown]

    def row(name: str, states: list[str]) -> tuple[str, ...]:
        return name, *(_cell(sum(result[kind][state] for state in states), totals[kind]) for kind in KINDS)

    rows = [*(row(f"*{state}*", [state]) for state in shown), row("all others", rest)]
    return f"""Time from the start of an execution to its end on the local AWS, where datasets are there at once, a
distribution ends at once, and waits take no time. The first execution starts the process of each function (*cold*);
*warm* is the median of {WARM} others. The first state also waits for the process of which the processes of all
functions are copies. *Report outcome* calls four services, and no other state more than two.

{make_table(("state", *KINDS), rows)}"""


def _cell(seconds: float, total: float) -> str:
    return f"{seconds * 1000:,.0f} ms ({seconds / total:.0%})"


def goals(_result: Result) -> list[Goal]:
    return []


SECTION = Section("states", "Where the time of an execution goes", measure, render, goals)
