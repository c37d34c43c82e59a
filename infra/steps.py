"""The states that the workflow is made of, as it needs them: a function, a message, an end, a failure."""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.functions import TIMEOUT
from infra.jsonata import cut, jsonata
from infra.messages import LONGEST_NOTE, STARTED_BY, Outcome, forms
from infra.retries import retry_unless
from infra.waiting import BEGAN

# Characters. Step Functions takes 32,768 as the cause of an execution, which may be two of these and what to do.
_LONGEST_CAUSE = 12_000

# A failed function's cause is JSON, whose errorMessage is the sentence a person wants; any other cause is text.
_WHOLE_CAUSE = """(
    $cause := $states.errorOutput.Cause;
    $said := $contains($cause, /^\\{.*\\}$/) ? $parse($cause).errorMessage;
    $exists($said) ? $string($said) : $exists($cause) ? $string($cause) : 'No cause was given.'
)"""
CAUSE = cut(_WHOLE_CAUSE, _LONGEST_CAUSE)


# What every function is told of its execution.
EXECUTION = {"Execution": jsonata("$states.context.Execution.Id"), "StartedAt": jsonata(BEGAN)}


def invoke(
    scope: Construct,
    name: str,
    function: lambda_.IFunction,
    payload: dict[str, str],
    *,
    assign: dict[str, str] | None = None,
) -> tasks.LambdaInvoke:
    return tasks.LambdaInvoke.jsonata(
        scope,
        name,
        lambda_function=function,
        payload=sfn.TaskInput.from_object(payload),
        assign=assign,
        retry_on_service_exceptions=False,  # each state says itself what may be repeated
        task_timeout=sfn.Timeout.duration(TIMEOUT.plus(Duration.seconds(30))),
    )


def publish(scope: Construct, name: str, topic: sns.ITopic, outcome: Outcome) -> tasks.SnsPublish:
    """One message, each reader its form; by its attributes a subscription can choose."""
    told = tasks.SnsPublish.jsonata(
        scope,
        name,
        topic=topic,
        subject=jsonata(outcome.subject),
        message=sfn.TaskInput.from_text(forms(outcome)),
        message_per_subscription_type=True,
        message_attributes={
            "outcome": _attribute(f"'{outcome.name}'"),
            "project": _attribute("$project = '' ? 'unknown' : $project"),
            "error": _attribute(outcome.error),
            "trigger": _attribute(STARTED_BY),
        },
        task_timeout=sfn.Timeout.duration(Duration.seconds(60)),
    )
    retry_unless(told, [])
    return told


def _attribute(expression: str) -> tasks.MessageAttribute:
    return tasks.MessageAttribute(value=jsonata(expression), data_type=tasks.MessageAttributeDataType.STRING)


def succeed(scope: Construct, name: str, outcome: str, after: str) -> sfn.Succeed:
    """The outcome is the execution's output, always in one shape; `after` is what has the reason and the counts."""
    return sfn.Succeed.jsonata(
        scope,
        name,
        outputs={
            "Outcome": outcome,
            "Reason": jsonata(f"{after}.Reason"),
            "StartedBy": jsonata("$pair.StartedBy"),
            "ProjectName": jsonata("$pair.ProjectName"),
            "ProjectArn": jsonata("$pair.ProjectArn"),
            "Before": {"Training": jsonata("$pair.Training"), "Test": jsonata("$pair.Test")},
            "After": {"Training": jsonata(f"{after}.Training"), "Test": jsonata(f"{after}.Test")},
            "DryRun": jsonata("$pair.DryRun"),
            "ReportLink": jsonata("$report = '' ? null : $report.Link"),
            "Execution": jsonata("$states.context.Execution.Id"),
        },
    )


def note(what: str) -> dict[str, str]:
    """To be assigned on the way past a task that failed beside the distribution: people are told with the rest."""
    return {"notes": jsonata(f"[$append($notes, '{what}: ' & {cut(CAUSE, LONGEST_NOTE)})]")}


def failure(error: str, cause: str) -> dict[str, Any]:
    """The expressions of an error's name and its cause, to be assigned on the way to `Failed`."""
    return {"failure": {"Error": jsonata(error), "Cause": jsonata(cause)}}
