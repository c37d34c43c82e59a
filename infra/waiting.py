"""How long the workflow waits, and until when."""

import math

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.jsonata import jsonata
from infra.settings import Settings

# A distribution that was asked for has not taken effect when nothing shows of it for this long, look after look. What
# DescribeDataset shows can lag behind, by a minute perhaps.
GRACE = Duration.minutes(5)

# When the execution began: JSONata. Whoever redrives it gives it its time anew.
_CLOCK = "$states.context.Execution"
BEGAN = f"$exists({_CLOCK}.RedriveTime) ? {_CLOCK}.RedriveTime : {_CLOCK}.StartTime"

# When a wait began, in epoch milliseconds.
EXECUTION_STARTED = f"$toMillis({BEGAN})"
FIRST_ASKED = f"$max([$toMillis($asked), {EXECUTION_STARTED}])"


def wait(scope: Construct, name: str, since: str, settings: Settings) -> sfn.Wait:
    """About a tenth of what has passed, within the bounds of the settings."""
    shortest, longest = settings.shortest_wait_seconds, settings.longest_wait_seconds
    share = f"$round({_seconds_since(since)} * (0.08 + 0.04 * $random()))"
    seconds = sfn.WaitTime.seconds(jsonata(f"$min([{longest}, $max([{shortest}, {share}])])"))
    return sfn.Wait.jsonata(scope, name, time=seconds)


def past(deadline: Duration, since: str) -> str:
    """The condition that the deadline has passed."""
    return f"{_seconds_since(since)} > {deadline.to_seconds()}"


def hours(number: float) -> Duration:
    """In whole seconds, as Step Functions counts."""
    return Duration.seconds(math.ceil(number * 3600))


def _seconds_since(moment: str) -> str:
    return f"($toMillis($states.context.State.EnteredTime) - {moment}) / 1000"
