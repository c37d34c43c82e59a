"""End-to-end promises of the sweep and its schedule."""

import json
import uuid
from typing import Any

from infra.functions import OF_SWEEP, construct_id_of
from lambdas.rules.input.sweep_input import MOST_PROJECTS
from lambdas.rules.times import EVENT_SECONDS
from tests.deployment.permissions.behaviours import Deployment, assert_traced, begin_to_wait
from tests.support.executions import Execution, wait_until
from tests.support.holds import hold_after_claim
from tests.support.roles import deny_action
from tests.support.schedules import run_once
from tests.support.workbench import images


def sweep_by_schedule(deployed: Deployment) -> None:
    """The schedule starts a sweep, which starts an execution for a forgotten pair."""
    deployed.prepare()
    project, traced = deployed.project(), len(deployed.aws.traces())
    deployed.bench.pair(project, images(10))
    before = _list_sweeps(deployed)
    name = project.split("/")[1]
    run_once(
        deployed.aws, {**_target(deployed), "Input": json.dumps({"StartedBy": "SCHEDULE", "ProjectNames": [name]})}
    )
    started = _list_sweeps(deployed) - before
    assert len(started) == 1
    swept = deployed.executions.wait_until_ended(started.pop())
    assert deployed.executions.wait_until_ended(_started_by(swept)).output["Outcome"] == "DISTRIBUTED"
    assert_traced(deployed, swept, deployed.aws.traces()[traced:], OF_SWEEP)
    assert all(deployed.logged(f"Functions{construct_id_of(name)}Logs", swept.arn) for name in OF_SWEEP)
    wait_until(lambda: deployed.logged("SweepLogs", swept.arn))


def sweep_after_an_abort(deployed: Deployment) -> None:
    """The sweep starts an execution for a pair whose owner was aborted."""
    project, owner = begin_to_wait(deployed)
    deployed.executions.abort(owner)
    deployed.bench.finish()
    swept = _sweep(deployed, {"ProjectNames": [project.split("/")[1]]})
    assert deployed.executions.wait_until_ended(_started_by(swept)).output["Outcome"] == "DISTRIBUTED"


def sweep_the_rest(deployed: Deployment) -> None:
    """A sweep starts another one for the projects that are left."""
    deployed.prepare()
    first = uuid.uuid4().hex[:8]
    create, delete = deployed.bench.rekognition.create_project, deployed.bench.rekognition.delete_project
    projects = [create(ProjectName=f"{first}-{number:03}")["ProjectArn"] for number in range(MOST_PROJECTS + 1)]
    swept = _sweep(deployed, {"ProjectNames": [f"{first}-*"], "DryRun": True})
    for project in projects:
        delete(ProjectArn=project)
    assert swept.status == "SUCCEEDED", swept
    assert swept.output["More"]


def sweep_lost_ending(deployed: Deployment) -> None:
    """A sweep notifies people of an aborted execution whose event was lost."""
    events, rule = deployed.aws.client("events"), deployed.ref("WatchEndings")
    events.disable_rule(Name=rule)
    deployed.prepare(follow_waits=True)
    project = deployed.project()
    deployed.bench.pair(project, images(10))
    with hold_after_claim(deployed.aws):
        owner = deployed.begin({"ProjectArn": project})
        deployed.executions.wait_until_claimed(lambda: next(iter(deployed.records(project)), {}), owner)
        deployed.executions.abort(owner)
        deployed.executions.wait_until_ended(owner)
    events.enable_rule(Name=rule)
    deployed.aws.advance(EVENT_SECONDS)  # by then the event would have come
    swept = _sweep(deployed, {"StartedBy": "SCHEDULE", "ProjectNames": ["none"]})
    assert swept.status == "SUCCEEDED", swept
    assert len(deployed.received(deployed.notified, owner)) == 1


def queue_undelivered_sweep(deployed: Deployment) -> None:
    """An invocation of the schedule that cannot start a sweep is in the dead-letter queue."""
    queue = deployed.ref("ScheduleUndeliveredQueue")
    deployed.received(queue, "SCHEDULE")  # other promises, broken on purpose, leave messages
    with deny_action(deployed.aws, deployed.ref("ScheduleRole"), "states:StartExecution"):
        run_once(deployed.aws, _target(deployed))
    assert len(deployed.received(queue, "SCHEDULE")) == 1


def _target(deployed: Deployment) -> dict[str, Any]:
    """The target of the deployed schedule."""
    found = deployed.aws.client("scheduler").get_schedule(
        Name=deployed.ref("ScheduleSweep"), GroupName=deployed.ref("ScheduleGroup")
    )
    return dict(found["Target"])


def _list_sweeps(deployed: Deployment) -> set[str]:
    listed = deployed.aws.client("stepfunctions").get_paginator("list_executions")
    pages = listed.paginate(stateMachineArn=deployed.ref("SweepStateMachine"))
    return {each["executionArn"] for page in pages for each in page["executions"]}


def _sweep(deployed: Deployment, given: dict[str, Any]) -> Execution:
    return deployed.executions.wait_until_ended(deployed.executions.begin(given, deployed.ref("SweepStateMachine")))


def _started_by(swept: Execution) -> str:
    """The ARN of the one execution that the sweep started."""
    assert swept.status == "SUCCEEDED", swept
    started = [row.get("Execution") for row in swept.output["Pairs"]]
    assert len(started) == 1
    assert started[0], swept.output
    return str(started[0])


PROMISES = (sweep_by_schedule, sweep_after_an_abort, sweep_the_rest, sweep_lost_ending, queue_undelivered_sweep)
