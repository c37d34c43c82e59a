"""Endings that no notification of the workflow itself can report, for the runbook."""

from lambdas.rules.failures.row import Failure, Retried

UNNOTICED = (
    Failure(
        errors=("ABORTED",),
        retried=Retried.NO_TASK,
        why="Somebody stopped the execution. The function `notify_ending` sends a message `ABORTED: …` to the same "
        "topic. A distribution that the execution had started continues.",
        advice="To follow that distribution to its end, redrive the execution within 14 days or start a new one. If "
        "you need no outcome, do nothing.",
    ),
    Failure(
        errors=("TIMED_OUT",),
        retried=Retried.NO_TASK,
        why="The execution took longer than its two deadlines and one hour. This happens only when a task does not "
        "answer. The function `notify_ending` sends a message `TIMED_OUT: …`.",
        advice="Check in which state the execution ended. Then start a new execution, which continues from there.",
    ),
    Failure(
        errors=("Nobody could be notified",),
        retried=Retried.NO_TASK,
        why="SNS did not accept the message with the outcome. The execution fails. Its cause begins with that, and "
        "contains the error of SNS and the outcome, which the record has, too. The function `notify_ending` tries to "
        "notify people, three times within about three minutes. If it fails, the event is in the dead-letter "
        "queue with `WatchUndelivered` in its name, and the alarm of that queue is red in the CloudWatch console.",
        advice="Fix what SNS names (the topic, its policy, its key), then purge the queue. If the pair is "
        "distributed, no other execution is needed. [Notify people after "
        "all](operations.md#notify-people-of-an-execution-after-all), if they should know.",
    ),
    Failure(
        errors=("An event that started nothing",),
        retried=Retried.NO_TASK,
        why="EventBridge could not start an execution. It retries for up to 24 hours after a 5xx or 429, and not at "
        "all after any other 4xx, such as that of a missing permission. The event is in the dead-letter queue with "
        "`TriggerUndelivered` in its name. The alarm of that queue is red and notifies people through the alarm "
        "topic.",
        advice="Fix what the message's attributes `ERROR_CODE` and `ERROR_MESSAGE` name. Start an execution with the "
        "event's `projectArn` as `ProjectArn`. Then purge the queue.",
    ),
    Failure(
        errors=("A sweep that failed or did not start",),
        retried=Retried.NO_TASK,
        why="An error of one project is in the project's row of the sweep's output. If a sweep itself fails or times "
        "out, or the schedule could not start it, an alarm notifies people.",
        advice="Open the execution of the sweep, or the message in the dead-letter queue with `ScheduleUndelivered` in "
        "its name, and fix what it names. Start a sweep yourself, or wait for the next one: each looks at every "
        "project again.",
    ),
)
