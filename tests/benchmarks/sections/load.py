"""Executions a second on the local AWS, with several at once."""

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from local.aws import LocalAws
from local.cdk import deploy
from tests.benchmarks.section import Goal, Result, Section, make_table
from tests.benchmarks.sections.states import make_pair, make_workbench
from tests.support.workbench import Workbench

BEFORE = {1: 0.8, 10: 4.0, 40: 4.6}  # executions a second on 25 November 2026
BETWEEN_LOOKS = 0.2  # seconds: more looks would slow the executions down
TICKS = os.sysconf("SC_CLK_TCK")


def measure() -> Result:
    with LocalAws(wait_scale=0) as aws:
        machine, bench = deploy(aws)["StateMachineArn"], make_workbench(aws)
        _run(bench, machine, max(BEFORE))  # starts the processes of the functions
        return {"executions": {str(at_once): _run(bench, machine, at_once) for at_once in BEFORE}}


def _run(bench: Workbench, machine: str, at_once: int) -> dict[str, float]:
    aws, stepfunctions = bench.aws, bench.aws.client("stepfunctions")
    inputs = [json.dumps({"ProjectArn": make_pair(bench)}) for _ in range(at_once)]
    seconds, began = _processor_seconds(aws.process_id), time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        started = list(
            pool.map(lambda given: stepfunctions.start_execution(stateMachineArn=machine, input=given), inputs)
        )
    while stepfunctions.list_executions(stateMachineArn=machine, statusFilter="RUNNING")["executions"]:
        time.sleep(BETWEEN_LOOKS)
    wall = time.monotonic() - began
    for each in started:
        found = stepfunctions.describe_execution(executionArn=each["executionArn"])
        if found["status"] != "SUCCEEDED":
            raise RuntimeError(f"An execution of the benchmark ended as {found['status']}: {found.get('cause')}")
    return {
        "executions_a_second": at_once / wall,
        "processor_seconds": (_processor_seconds(aws.process_id) - seconds) / at_once,
    }


def _processor_seconds(group: int) -> float:
    """What all processes of the group have used until now, those of functions included."""
    stats = [_read_stat(path) for path in Path("/proc").glob("[0-9]*/stat")]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats if stat and int(stat[2]) == group) / TICKS


def _read_stat(path: Path) -> list[str]:
    """The fields after the name of the program; none if the process has ended."""
    try:
        return path.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def render(result: Result) -> str:
    rows = [
        (at_once, f"{found['executions_a_second']:.1f}", f"{before:.1f}", f"{found['processor_seconds'] * 1000:.0f} ms")
        for (at_once, before), found in zip(BEFORE.items(), result["executions"].values(), strict=True)
    ]
    headings = ("executions at once", "executions a second", "on 25 November 2026", "processor time of one execution")
    return f"""The time from the first start to the last end by the clock. The processor time is that of the server of
the local AWS and of the processes of all functions together. Executions a second are fewer beside another busy process.

{make_table(headings, rows)}"""


def goals(result: Result) -> list[Goal]:
    most = max(BEFORE)
    measured = result["executions"][str(most)]["executions_a_second"]
    return [Goal(f"executions a second, {most} at once", measured, 6, at_least=True, unit="")]


SECTION = Section("load", "Executions a second on the local AWS", measure, render, goals)
