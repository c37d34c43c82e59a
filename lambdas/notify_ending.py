"""Notify ending: notify people of executions that ended and could not send their own notification.

A rule of EventBridge invokes it with each ending. An event can be lost, come twice, or be handled twice by Lambda. So
each ending of which people were notified has a mark in the table of records, and a later call can name the executions
whose events were lost. The mark comes after the message. If this function ends in between, people are notified twice.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.messages.unnoticed import make_message
from lambdas.rules.unnoticed import may_be_unnoticed, require_end
from lambdas.services.executions import describe_execution
from lambdas.services.notifications import publish
from lambdas.services.records import has_mark, put_mark
from lambdas.step import logger


@logger.inject_lambda_context(clear_state=True)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, list[str]]:
    """From the event of an ended execution, or {Executions: [ARN, …]}, to {Notified: [ARN, …]}.

    An error about one execution does not stop the others. The first error is raised at the end.
    """
    if "Executions" in event:
        stopped_at, executions = 0.0, event["Executions"]
    else:
        stopped_at, executions = event["detail"]["stopDate"] / 1000, [event["detail"]["executionArn"]]
    notified, errors = [], []
    for execution in executions:
        logger.append_keys(execution=execution)
        try:
            if _notify(execution, stopped_at):
                notified.append(execution)
        except Exception as error:
            logger.exception("Failed")
            errors.append(error)
    if errors:
        raise errors[0]
    return {"Notified": notified}


def _notify(arn: str, stopped_at: float) -> bool:
    """Whether people have now been notified of the execution. `stopped_at` is 0 if no event says when it ended."""
    execution = describe_execution(arn)
    require_end(execution, stopped_at)
    if not may_be_unnoticed(execution) or has_mark(execution.mark):
        return False
    publish(make_message(execution))
    put_mark(execution.mark, arn, status=execution.status, ended_at=execution.ended_at)
    logger.info("Notified of an ending", status=execution.status, project=execution.project_name)
    return True
