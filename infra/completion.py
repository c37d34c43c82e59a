"""The completion event: the notice, on the account's default bus, for whoever wants to go on from there."""

from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.jsonata import jsonata
from infra.messages import Outcome
from infra.records import QUICK
from infra.retries import retry_unless
from infra.steps import note

SOURCE = "dataset-distribution"
DETAIL_TYPES = {"DISTRIBUTED": "Dataset Distribution Succeeded", "FAILED": "Dataset Distribution Failed"}


def send_event(scope: Construct, name: str, outcome: Outcome, then: sfn.IChainable) -> tasks.EventBridgePutEvents:
    """And go on; should EventBridge not take it, people are told so with the rest."""
    told = tasks.EventBridgePutEvents.jsonata(
        scope,
        name,
        entries=[
            tasks.EventBridgePutEventsEntry(
                detail=sfn.TaskInput.from_text(jsonata(outcome.notice)),
                detail_type=DETAIL_TYPES[outcome.name],
                source=SOURCE,
            )
        ],
        task_timeout=QUICK,
    )
    retry_unless(told, [])
    told.add_catch(then, assign=note("The completion event could not be sent"))
    told.next(then)
    return told
