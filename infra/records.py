"""The table of records, and what states write into it: who owns a pair and, later, what came of it."""

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.jsonata import jsonata
from infra.settings import Settings

ME = "$states.context.Execution.Id"
REFUSED = ["DynamoDB.ConditionalCheckFailedException"]
QUICK = sfn.Timeout.duration(Duration.seconds(30))


class Records(Construct):
    """One item a pair. A pair is its test dataset: whoever deletes and creates that one anew has another pair.

    With the project's name first, a query by project is the project's history.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        # TableV2 takes a key only where the stack's Region is known at synth.
        self.table = dynamodb.Table(
            self,
            "Items",
            partition_key=dynamodb.Attribute(name="ProjectName", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="TestDatasetArn", type=dynamodb.AttributeType.STRING),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            removal_policy=settings.removal_policy,
        )


def keep_record(scope: Construct, name: str, *, table: dynamodb.ITable) -> tasks.DynamoPutItem:
    """What the owner before had recorded is history, beside the record of the pair. Twice the same is once."""
    return tasks.DynamoPutItem.jsonata(
        scope,
        name,
        table=table,
        item={
            **{name: text(f"$owner.{name}.S") for name in ("ProjectName", "ProjectArn", "TrainingDatasetArn")},
            **{name: text(f"$owner.{name}.S") for name in ("Execution", "StartedAt")},
            "TestDatasetArn": text("$owner.TestDatasetArn.S & '#' & $owner.StartedAt.S"),
            "EntriesBefore": number("$owner.EntriesBefore.N"),
            "Outcome": text("$exists($owner.Outcome) ? $owner.Outcome.S : 'FAILED'"),
            "Reason": text(f"$exists($owner.Reason) ? $owner.Reason.S : {_DIED}"),
            "EndedAt": text(f"$exists($owner.EndedAt) ? $owner.EndedAt.S : {_ENDED}"),
        },
        task_timeout=QUICK,
    )


def update_record(
    scope: Construct,
    name: str,
    *,
    table: dynamodb.ITable,
    attributes: dict[str, tasks.DynamoAttributeValue],
    assign: dict[str, str] | None = None,
) -> tasks.DynamoUpdateItem:
    """Only its owner may. Whoever does not own the pair any more is refused."""
    return tasks.DynamoUpdateItem.jsonata(
        scope,
        name,
        table=table,
        key=key("$test"),
        update_expression="SET " + ", ".join(f"{attribute} = :{attribute}" for attribute in attributes),
        condition_expression="Execution = :me",
        expression_attribute_values={":me": text(ME)} | {f":{name}": value for name, value in attributes.items()},
        assign=assign,
        task_timeout=QUICK,
    )


def outcome(name: str, reason: str) -> dict[str, tasks.DynamoAttributeValue]:
    """What completes a record."""
    ended = text("$states.context.State.EnteredTime")
    return {"Outcome": text(f"'{name}'"), "Reason": text(reason), "EndedAt": ended}


def key(test: str) -> dict[str, tasks.DynamoAttributeValue]:
    return {"ProjectName": text("$pair.ProjectName"), "TestDatasetArn": text(test)}


def text(expression: str) -> tasks.DynamoAttributeValue:
    return tasks.DynamoAttributeValue.from_string(jsonata(expression))


def number(expression: str) -> tasks.DynamoAttributeValue:
    return tasks.DynamoAttributeValue.number_from_string(jsonata(f"$string({expression})"))


_DIED = "'It ended without a word: ' & ($exists($owner.Status) ? $owner.Status : 'Step Functions has forgotten it')"
_ENDED = "$exists($owner.Ended) ? $string($owner.Ended) : 'unknown'"
