"""Notify in plain words, for when no function can report the outcome, or SNS refuses the report.

No function composes the text. So the expressions in this module concatenate, and only these do. No function makes a
cause harmless either: it may be long and contain links or lines that look like ours. So the message has no cause, and
leads to the execution, which shows it.
"""

from aws_cdk import Stack
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.workflow.expressions import jsonata
from infra.workflow.tasks import SEND_TIMEOUT, attribute
from lambdas.rules.failures.ending import NOBODY_NOTIFIED, WHAT_TO_DO

_LOOK_IT_UP = f"\\n\\n{WHAT_TO_DO} look the error up in docs/runbook.md."
_ENDING = f"$merge([$ending, {{'Cause': $ending.Cause & '{_LOOK_IT_UP}'}}])"
ENDING_NOBODY_NOTIFIED = (
    f"$merge([$states.errorOutput, $ending, {{'Cause': '{NOBODY_NOTIFIED} ' & $states.errorOutput.Cause"
    f" & '\\n\\nThe outcome: ' & $ending.Cause & '{_LOOK_IT_UP}'}}])"
)
"""The ending if this message fails, too: the error of SNS, and the outcome of the pair."""


def execution_link(region: str) -> str:
    """The beginning of the link to an execution in the Step Functions console. The execution's ARN follows."""
    return f"https://{region}.console.aws.amazon.com/states/home?region={region}#/v2/executions/details/"


def notify_in_plain_words(scope: Construct, name: str, topic: sns.ITopic) -> tasks.SnsPublish:
    """Sends outcome, error and the link to the execution, in the same text to every subscriber."""
    message = (
        "'Outcome: ' & $ending.Outcome & '\\nError: ' & $ending.Error & '\\n\\n"
        f"{WHAT_TO_DO} open the execution and read its output or its cause. Look an error up in docs/runbook.md.\\n\\n"
        "This message replaces one that could not be made or sent. The execution says why.\\n"
        f"Execution: {execution_link(Stack.of(scope).region)}' & $states.context.Execution.Id"
    )
    return tasks.SnsPublish.jsonata(
        scope,
        name,
        topic=topic,
        subject="The outcome of a dataset distribution",
        message=sfn.TaskInput.from_text(jsonata(message)),
        message_attributes={"outcome": attribute("$ending.Outcome")},
        assign={"ending": jsonata(_ENDING)},
        task_timeout=SEND_TIMEOUT,
    )
