"""Claim a pair: of all executions that look at one, at most one goes on.

An owner is never pushed aside while it runs, and is taken over as soon as it has ended, in whatever way: the table says
who it is, Step Functions whether it runs. No lease, no clock.
"""

from collections.abc import Callable
from typing import Any

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.jsonata import jsonata, when
from infra.retries import retry_unless

ME = "$states.context.Execution.Id"
REFUSED = ["DynamoDB.ConditionalCheckFailedException"]
# The SDK integration names errors as the SDK for Java does, the API's own model without the suffix.
FORGOTTEN = ["Sfn.ExecutionDoesNotExistException", "Sfn.ExecutionDoesNotExist"]
QUICK = sfn.Timeout.duration(Duration.seconds(30))


class Claim(Construct):
    """The states from `Claim pair` on. `owned`, `again`, `duplicate` and `distributed` are where they lead."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        table: dynamodb.ITableV2,
        owned: sfn.IChainable,
        again: sfn.IChainable,
        duplicate: sfn.IChainable,
        distributed: sfn.IChainable,
        guard: Callable[[sfn.TaskStateBase, list[str]], None],
    ) -> None:
        """`guard` gives a task its retries, except for errors that are answers, and its way out."""
        super().__init__(scope, construct_id)
        self._table = table
        take_over = self._take_over(duplicate).next(again)
        running = sfn.Choice.jsonata(self, "Owner still running?")
        running.when(when("$owner.Outcome.S = 'DISTRIBUTED'"), distributed)
        running.when(when("$owner.Status = 'RUNNING'"), duplicate, assign=_duplicate("$owner.Execution.S"))
        running.otherwise(take_over)
        read, ask = self._read_claim(), self._ask_for_owner(running)
        self.start = self._claim(read).next(owned)
        read.next(ask).next(running)
        for task, answers in ((self._put, REFUSED), (read, []), (ask, FORGOTTEN), (self._take, REFUSED)):
            guard(task, answers)

    def _claim(self, refused: sfn.IChainable) -> sfn.TaskStateBase:
        """For whoever owns the pair already, a redriven execution for example, it is the same again."""
        self._put = tasks.DynamoPutItem.jsonata(
            self,
            "Claim pair",
            table=self._table,
            item={
                **_key(),
                "ProjectArn": _text("$pair.ProjectArn"),
                "TrainingDatasetArn": _text("$pair.Training.Arn"),
                "EntriesBefore": _number("$pair.Training.TotalEntries"),
                "Execution": _text(ME),
                "ClaimedAt": _text("$states.context.State.EnteredTime"),
            },
            condition_expression="attribute_not_exists(Execution) OR Execution = :me",
            expression_attribute_values={":me": _text(ME)},
            assign={"claimed": jsonata("true")},
            task_timeout=QUICK,
        )
        return self._put.add_catch(refused, errors=REFUSED)

    def _read_claim(self) -> tasks.DynamoGetItem:
        return tasks.DynamoGetItem.jsonata(
            self,
            "Read claim",
            table=self._table,
            key=_key(),
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
            iam_resources=[
                Stack.of(self).format_arn(
                    service="states",
                    resource="execution",
                    resource_name="*",
                    arn_format=ArnFormat.COLON_RESOURCE_NAME,
                )
            ],
            parameters={"ExecutionArn": jsonata("$owner.Execution.S")},
            assign={"owner": jsonata("$merge([$owner, {'Status': $states.result.Status}])")},
            task_timeout=QUICK,
        )
        return ask.add_catch(ended, errors=FORGOTTEN)

    def _take_over(self, beaten: sfn.IChainable) -> sfn.TaskStateBase:
        """Only from the owner that was seen to have ended, and only what it has not distributed since it was read."""
        self._take = tasks.DynamoUpdateItem.jsonata(
            self,
            "Take over claim",
            table=self._table,
            key=_key(),
            update_expression="SET Execution = :me, ClaimedAt = :now REMOVE Outcome, Reason, EndedAt",
            condition_expression="Execution = :owner AND (attribute_not_exists(Outcome) OR Outcome <> :distributed)",
            expression_attribute_values={
                ":me": _text(ME),
                ":owner": _text("$owner.Execution.S"),
                ":distributed": tasks.DynamoAttributeValue.from_string("DISTRIBUTED"),
                ":now": _text("$states.context.State.EnteredTime"),
            },
            assign={"claimed": jsonata("true")},
            task_timeout=QUICK,
        )
        return self._take.add_catch(beaten, errors=REFUSED, assign=_duplicate("$owner.Execution.S"))


def record_outcome(
    scope: Construct, name: str, *, table: dynamodb.ITableV2, outcome: str, reason: str, **counts: str
) -> tasks.DynamoUpdateItem:
    """Complete the owner's record; `counts` are attributes and the expressions of their values."""
    values = {":outcome": _text(f"'{outcome}'"), ":reason": _text(reason), ":me": _text(ME)}
    values[":now"] = _text("$states.context.State.EnteredTime")
    values |= {f":{attribute}": _number(expression) for attribute, expression in counts.items()}
    more = "".join(f", {attribute} = :{attribute}" for attribute in counts)
    record = tasks.DynamoUpdateItem.jsonata(
        scope,
        name,
        table=table,
        key=_key(),
        update_expression=f"SET Outcome = :outcome, Reason = :reason, EndedAt = :now{more}",
        condition_expression="Execution = :me",
        expression_attribute_values=values,
        task_timeout=QUICK,
    )
    retry_unless(record, REFUSED)
    return record


def _key() -> dict[str, tasks.DynamoAttributeValue]:
    return {"ProjectName": _text("$pair.ProjectName"), "TestDatasetArn": _text("$pair.Test.Arn")}


def _text(expression: str) -> tasks.DynamoAttributeValue:
    return tasks.DynamoAttributeValue.from_string(jsonata(expression))


def _number(expression: str) -> tasks.DynamoAttributeValue:
    return tasks.DynamoAttributeValue.number_from_string(jsonata(f"$string({expression})"))


def _duplicate(owner: str) -> dict[str, Any]:
    reason = f"'Another execution has this pair: ' & {owner}"
    return {"pair": jsonata(f"$merge([$pair, {{'Reason': {reason}}}])")}
