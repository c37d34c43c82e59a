"""Each event of a history names the event before it."""

from collections.abc import Callable
from typing import Any

from local.aws import LocalAws
from tests.support.machines import FAIL, SUCCEED, Machine, event_types, task

BEGIN = {"Begin": {"Type": "Pass", "Next": "Stop"}}


def chain_of(events: list[dict[str, Any]]) -> list[tuple[int, int]]:
    return [(event["id"], event["previousEventId"]) for event in events]


def asking(queue: str) -> dict[str, Any]:
    return task(
        "sqs:sendMessage.waitForTaskToken", {"QueueUrl": queue, "MessageBody": "{% $states.context.Task.Token %}"}
    )


def test_each_event_follows_the_one_before_it(local_aws: LocalAws) -> None:
    machine = Machine(local_aws, {"Begin": {"Type": "Pass", "Next": "Done"}, **SUCCEED})
    events = machine.history(machine.run())
    assert chain_of(events) == [(1, 0), (2, 0), (3, 2), (4, 3), (5, 4), (6, 5)]


def test_a_redriven_execution_continues_the_chain(local_aws: LocalAws) -> None:
    machine = Machine(local_aws, {**BEGIN, **FAIL})
    arn = machine.run(Error="Mine")
    machine.redrive(arn)
    machine.wait_until_ended(arn)
    events = machine.history(arn)
    assert event_types(events)[4:] == ["ExecutionFailed", "ExecutionRedriven", "FailStateEntered", "ExecutionFailed"]
    assert chain_of(events) == [(1, 0), (2, 0), (3, 2), (4, 3), (5, 4), (6, 5), (7, 6), (8, 7)]


def test_an_abort_follows_no_event(local_aws: LocalAws, token_queue: str, receive_token: Callable[[], str]) -> None:
    machine = Machine(local_aws, {"Ask": {**asking(token_queue), "Next": "Done"}, **SUCCEED})
    arn = machine.begin()
    receive_token()
    machine.abort(arn)
    machine.redrive(arn)
    receive_token()
    machine.abort(arn)
    events = machine.history(arn)
    assert event_types(events)[3:5] == ["ExecutionAborted", "ExecutionRedriven"]
    assert chain_of(events) == [(1, 0), (2, 0), (3, 2), (4, 0), (5, 4), (6, 5), (7, 6), (8, 0)]


def test_branches_have_chains_of_their_own(
    local_aws: LocalAws, token_queue: str, receive_token: Callable[[], str]
) -> None:
    ask = {**asking(token_queue), "End": True}
    branches = [{"StartAt": name, "States": {name: ask}} for name in ("One", "Other")]
    machine = Machine(local_aws, {"Both": {"Type": "Parallel", "Branches": branches, "End": True}})
    arn = machine.begin()
    for token in (receive_token(), receive_token()):
        machine.stepfunctions.send_task_success(taskToken=token, output="{}")
    machine.wait_until_ended(arn)
    events = {event["id"]: event for event in machine.history(arn)}
    scheduled = [event for event in events.values() if event["type"] == "TaskScheduled"]
    assert [event["previousEventId"] for event in scheduled] == [2, 2]
    followed = {event["previousEventId"] for event in events.values() if event["type"] == "TaskSucceeded"}
    assert followed == {event["id"] for event in scheduled}


def test_pages_in_reverse_order_have_the_same_events_without_data(local_aws: LocalAws) -> None:
    machine = Machine(local_aws, {**BEGIN, **FAIL})
    arn = machine.run(Error="Mine")
    expected = [
        {**event, **{key: without_data(value) for key, value in event.items() if key.endswith("EventDetails")}}
        for event in machine.history(arn)
    ]
    pages = machine.stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=arn, reverseOrder=True, includeExecutionData=False, maxResults=2
    )
    found = [page["events"] for page in pages]
    assert [len(page) for page in found] == [2, 2, 1]
    assert [event for page in found for event in page] == expected[::-1]


def without_data(details: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in details.items() if name not in ("input", "output")}
