"""Notify in plain words: for when no function can report the outcome, or SNS refuses the report.

No function is there to compose a text. So the expressions here concatenate, and no others do.
"""

from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.workflow.expressions import jsonata
from infra.workflow.tasks import SENDING, attribute
from lambdas.rules.ending import WHAT_TO_DO

NOBODY_NOTIFIED = "Nobody could be notified:"
"""Stands in an execution's cause when its outcome reached nobody; a rule of EventBridge goes by it."""

_LOOK_IT_UP = f"\\n\\n{WHAT_TO_DO} look the error up in docs/runbook.md."
_MESSAGE = (
    "'Outcome: ' & $ending.Outcome & '\\nError: ' & $ending.Error & '\\nCause: ' & $ending.Cause &"
    f" '{_LOOK_IT_UP}\\n\\nThere is no report: the execution says why.\\nExecution: ' & $states.context.Execution.Id"
)
_ENDING = f"$merge([$ending, {{'Cause': $ending.Cause & '{_LOOK_IT_UP}'}}])"
ENDING_NOBODY_NOTIFIED = (
    f"$merge([$states.errorOutput, $ending, {{'Cause': $ending.Cause & ' {NOBODY_NOTIFIED} '"
    f" & $states.errorOutput.Cause & '{_LOOK_IT_UP}'}}])"
)
"""What the execution ends with when this message fails, too: what came of the pair, and why nobody knows."""


def notify_in_plain_words(scope: Construct, name: str, topic: sns.ITopic) -> tasks.SnsPublish:
    """Outcome, error and cause as they are, to every reader as the same text."""
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
