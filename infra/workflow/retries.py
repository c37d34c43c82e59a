"""The retries of a task, from the table of failures."""

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn

from lambdas.rules.failures.lookup import errors_of
from lambdas.rules.failures.row import ATTEMPTS, Retried
from lambdas.rules.failures.table import UNKNOWN

# Another try would not change these.
_FINAL = errors_of(Retried.NEVER, Retried.CAUGHT, Retried.WAITED_FOR)


def retry_as_failures_say(task: sfn.TaskStateBase) -> None:
    """Adds the retries. Step Functions uses the first one that names the error, and catches only after it."""
    _retry(task, _FINAL, Retried.NEVER)
    _retry(task, errors_of(Retried.PATIENTLY), Retried.PATIENTLY)
    retry_quickly(task)


def retry_quickly(task: sfn.TaskStateBase, *, but: str | None = None) -> None:
    """Retries every error quickly, except `but`."""
    if but:
        _retry(task, [but], Retried.NEVER)
    _retry(task, list(UNKNOWN.errors), UNKNOWN.retried)


def _retry(task: sfn.TaskStateBase, errors: list[str], how: Retried) -> None:
    attempts = ATTEMPTS.get(how)
    if attempts is None:
        task.add_retry(errors=errors, max_attempts=0)
        return
    task.add_retry(
        errors=errors,
        interval=Duration.seconds(attempts.interval),
        backoff_rate=2,
        max_attempts=attempts.most,
        max_delay=Duration.seconds(attempts.longest),
        jitter_strategy=sfn.JitterType.FULL,
    )
