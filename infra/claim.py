"""Claim a pair: of all executions that look at one, at most one goes on.

An owner is never pushed aside while it runs, and is taken over as soon as it has ended, in whatever way: the table says
who it is, Step Functions whether it runs. No lease, no clock.
"""

from collections.abc import Callable
from typing import Any

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.jsonata import jsonata, when
from infra.records import ME, QUICK, REFUSED, keep_record, key, number, text

# The SDK integration names errors as the SDK for Java does, the API's own model without the suffix.
FORGOTTEN = ["Sfn.ExecutionDoesNotExistException", "Sfn.ExecutionDoesNotExist"]


class Claim(Construct):
    """The states from `Claim pair`, their `start`, on; `refused` is where whoever is no longer the owner goes."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table: dynamodb.ITable,
        guard: Callable[[sfn.TaskStateBase, list[str]], None],
    ) -> None:
        """`guard` gives a task its retries, except for errors that are answers, and its way out."""
        super().__init__(scope, construct_id)
        self._table = table
        self._guard = guard
        self.refused = self._read_claim()
        self.start = self.lose(self._claim(), REFUSED)

    def lose(self, task: sfn.TaskStateBase, errors: list[str]) -> sfn.TaskStateBase:
        """The task, with a way out for whoever does not own the pair, or no more. It has no record to complete."""
        return task.add_catch(self.refused, errors=errors, assign={"claimed": jsonata("false")})

    def lead(
        self, *, owned: sfn.IChainable, again: sfn.IChainable, aside: sfn.IChainable, distributed: sfn.IChainable
    ) -> None:
        """Where the states lead: with the pair; with the pair after another owner; and without it."""
        take, keep = self._take_over(), keep_record(self, "Keep earlier record", table=self._table)
        running = sfn.Choice.jsonata(self, "Owner still running?")
        running.when(when(f"$owner.Execution.S = {ME}"), again, assign=_inherit("$owner"))
        running.when(when("$owner.Outcome.S = 'DISTRIBUTED'"), distributed, assign=_aside("$owner.Reason.S"))
        running.when(when("$owner.Status = 'RUNNING'"), aside, assign=_aside(_TAKEN))
        running.when(when(_FAILED_BEFORE), aside, assign=_aside(_TOLD_BEFORE))
        running.otherwise(keep)
        ask = self._ask_for_owner(running)
        self.start.next(owned)
        self.refused.next(ask).next(running)
        keep.next(take).next(again)
        guarded = [(self.start, REFUSED), (self.refused, []), (ask, FORGOTTEN), (take, REFUSED), (keep, [])]
        for task, answers in guarded:
            self._guard(task, answers)

    def _claim(self) -> tasks.DynamoUpdateItem:
        """For whoever owns the pair already, a redriven execution for example, it is the same again."""
        claimed = {
            "ProjectArn": text("$pair.ProjectArn"),
            "TrainingDatasetArn": text("$pair.Training.Arn"),
            "EntriesBefore": number("$pair.Training.TotalEntries"),
            "Execution": text(ME),
            "StartedAt": text("$states.context.Execution.StartTime"),
        }
        return tasks.DynamoUpdateItem.jsonata(
            self,
            "Claim pair",
            table=self._table,
            key=key("$pair.Test.Arn"),
            update_expression="SET "
            + ", ".join(f"{attribute} = :{attribute}" for attribute in claimed)
            + " REMOVE Outcome, Reason, EndedAt",
            condition_expression="attribute_not_exists(Execution) OR Execution = :Execution",
            expression_attribute_values={f":{attribute}": value for attribute, value in claimed.items()},
            assign=_owned(),
            task_timeout=QUICK,
        )

    def _read_claim(self) -> tasks.DynamoGetItem:
        return tasks.DynamoGetItem.jsonata(
            self,
            "Read claim",
            table=self._table,
            key=key("$pair.Test.Arn"),
            consistent_read=True,
            assign={"owner": jsonata("$states.result.Item")},
            task_timeout=QUICK,
        )

    def _ask_for_owner(self, ended: sfn.IChainable) -> sfn.TaskStateBase:
        """Step Functions forgets an execution 90 days after its end."""
        ask = tasks.CallAwsService.jsonata(
            self,
            "Ask for owner",
            service="sfn",
            action="describeExecution",
            iam_action="states:DescribeExecution",
            iam_resources=[],  # infra/workflow_role.py grants
            parameters={"ExecutionArn": jsonata("$owner.Execution.S")},
            assign={
                "owner": jsonata(
                    "$merge([$owner, {'Status': $states.result.Status, 'Ended': $states.result.StopDate}])"
                )
            },
            task_timeout=QUICK,
        )
        return ask.add_catch(ended, errors=FORGOTTEN)

    def _take_over(self) -> sfn.TaskStateBase:
        """Only from the owner that was seen to have ended, and only what it had recorded by then."""
        take = tasks.DynamoUpdateItem.jsonata(
            self,
            "Take over claim",
            table=self._table,
            key=key("$pair.Test.Arn"),
            update_expression="SET Execution = :me, StartedAt = :began REMOVE Outcome, Reason, EndedAt",
            condition_expression="Execution = :owner AND (attribute_not_exists(Outcome) OR Outcome = :outcome)",
            expression_attribute_values={
                ":me": text(ME),
                ":owner": text("$owner.Execution.S"),
                ":outcome": text("$exists($owner.Outcome) ? $owner.Outcome.S : 'none'"),
                ":began": text("$states.context.Execution.StartTime"),
            },
            return_values=tasks.DynamoReturnValues.ALL_OLD,
            assign=_inherit("$states.result.Attributes"),
            task_timeout=QUICK,
        )
        return self.lose(take, REFUSED)


# What failed once, of the same two datasets, is for a person to start again: no event tells them a second time.
_FAILED_BEFORE = (
    "$owner.Outcome.S = 'FAILED' and $pair.StartedBy = 'event' and $owner.TrainingDatasetArn.S = $pair.Training.Arn"
)
_TOLD_BEFORE = (
    "'This pair has failed before, which was told then. Start it by hand when it is mended. That was '"
    " & $owner.Execution.S"
)
_TAKEN = "'Another execution has this pair: ' & $owner.Execution.S"


def _owned() -> dict[str, Any]:
    """The record's key stays, even when the datasets are gone."""
    return {"claimed": jsonata("true"), "test": jsonata("$pair.Test.Arn")}


def _inherit(record: str) -> dict[str, Any]:
    """With the pair comes what was asked of Rekognition."""
    return {**_owned(), "before": jsonata(f"$exists({record}.PairBefore) ? {record}.PairBefore.S : ''")}


def _aside(why: str) -> dict[str, Any]:
    return {"pair": jsonata(f"$merge([$pair, {{'Reason': {why}}}])")}
