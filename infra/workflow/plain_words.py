"""Notify in plain words, for when no function can report the outcome, or SNS refuses the report.

No function composes the text. So the expressions in this module concatenate, and only these do.
"""

from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.workflow.expressions import jsonata
from infra.workflow.tasks import SENDING, attribute
from lambdas.rules.failures.ending import WHAT_TO_DO

NOBODY_NOTIFIED = "Nobody could be notified:"
"""An execution's cause contains this if it could not notify anybody; a rule of EventBridge matches it."""

_LOOK_IT_UP = f"\\n\\n{WHAT_TO_DO} look the error up in docs/runbook.md."
_MESSAGE = (
    "'Outcome: ' & $ending.Outcome & '\\nError: ' & $ending.Error & '\\nCause: ' & $ending.Cause &"
    f" '{_LOOK_IT_UP}\\n\\nThis message replaces one that could not be made or sent: the execution says "
    f"why.\\nExecution: ' & $states.context.Execution.Id"
)
_ENDING = f"$merge([$ending, {{'Cause': $ending.Cause & '{_LOOK_IT_UP}'}}])"
ENDING_NOBODY_NOTIFIED = (
    f"$merge([$states.errorOutput, $ending, {{'Cause': $ending.Cause & ' {NOBODY_NOTIFIED} '"
    f" & $states.errorOutput.Cause & '{_LOOK_IT_UP}'}}])"
)
"""The ending if this message fails, too: the outcome of the pair, and the error of SNS."""


def notify_in_plain_words(scope: Construct, name: str, topic: sns.ITopic) -> tasks.SnsPublish:
    """Sends outcome, error and cause as they are, in the same text to every subscriber."""
    return tasks.SnsPublish.jsonata(
        scope,
        name,
        topic=topic,
        subject="The outcome of a dataset distribution",
        message=sfn.TaskInput.from_text(jsonata(_MESSAGE)),
        message_attributes={"outcome": attribute("$ending.Outcome")},
        assign={"ending": jsonata(_ENDING)},
        task_timeout=SENDING,
    )
