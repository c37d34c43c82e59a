"""Check distribution: poll both datasets and judge what the poll shows."""

import random
from dataclasses import replace
from typing import Any

from lambdas.messages.output import make_output
from lambdas.rules.attempt import Attempt
from lambdas.rules.failures.ending import end_with_failure, end_with_success
from lambdas.rules.pair import DISTRIBUTED, Dataset
from lambdas.rules.polling import Bounds, polling_interval
from lambdas.rules.progress import judge_progress
from lambdas.rules.times import Times, latest, seconds_between
from lambdas.rules.verdict import Poll, Verdict, judge_poll
from lambdas.services.rekognition import describe_dataset
from lambdas.step import logger, step

Event = dict[str, Any]


@step
def handler(event: Event) -> Event:
    """From {Execution, Times, Pair, Attempt, Polling, DeadlineSeconds} to {Verdict, Reason, Attempt, Ending}.

    The attempt's WaitSeconds is the time until the next poll. Ending is empty unless the verdict is COMPLETE or FAILED.
    """
    pair, times = event["Pair"], Times.from_state(event["Times"])
    logger.append_keys(project=pair["ProjectName"])
    training_before, test_before = (Dataset.from_state(pair[name]) for name in ("Training", "Test"))
    training, test = describe_dataset(training_before.arn), describe_dataset(test_before.arn)
    progress = judge_progress(training_before, test_before, training, test)
    poll = judge_poll(progress, Attempt.from_state(event["Attempt"]), times, event["DeadlineSeconds"])
    logger.info("Checked distribution", verdict=poll.verdict, reason=progress.reason)
    after = {"Training": training.as_state(), "Test": test.as_state()}
    seconds = seconds_between(latest(poll.attempt.asked_at, times.began), times.now)
    wait = polling_interval(seconds, random.random(), Bounds.from_state(event["Polling"]))
    return {
        "Verdict": poll.verdict,
        "Reason": progress.reason,
        "Attempt": replace(poll.attempt, wait_seconds=wait).as_state(),
        "Ending": _make_ending(poll, progress.reason, pair, after, event["Execution"]),
    }


def _make_ending(poll: Poll, reason: str, pair: Event, after: Event, execution: str) -> Event:
    if poll.verdict == Verdict.COMPLETE:
        return end_with_success(reason, make_output(DISTRIBUTED, reason, pair, execution, after=after))
    return end_with_failure(*poll.failure) if poll.failure else {}
