"""The alarms for operators, which go to the alarm topic."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.functions import Functions
from infra.messaging.alarm_topic import AlarmTopic
from infra.metrics import events_missed, execution_age
from infra.monitoring.unnoticed_endings import UnnoticedEndings
from infra.settings import Settings
from infra.triggers.dataset_created import DatasetCreated
from infra.triggers.schedule import Schedule

RuleWithQueue = DatasetCreated | UnnoticedEndings
"""A construct that has a rule and its dead-letter queue."""

_FIVE_MINUTES = Duration.minutes(5)
_FIFTEEN_MINUTES = Duration.minutes(15)


class _Alarm(NamedTuple):
    """An alarm that goes off when the metric is at least the threshold."""

    construct_id: str
    metric: cloudwatch.Metric
    threshold: float
    description: str


class Alarms(Construct):
    """`all` alarms, the most important first. docs/operations.md says what to do about each."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine: sfn.StateMachine,
        functions: Functions,
        rules: Mapping[str, RuleWithQueue],
        sweep: sfn.StateMachine,
        schedule: Schedule | None,
        alarm_topic: AlarmTopic,
        settings: Settings,
    ) -> None:
        """The ids of the alarms about a rule begin with its key in `rules`. Only a schedule has alarms about sweeps."""
        super().__init__(scope, construct_id)
        self.all = [self._alarm(each) for each in self._alarms(state_machine, functions, rules, settings)]
        self.all += [self._alarm(_event_lost(name, each.rule)) for name, each in rules.items()]
        self.all += [each.dead_letter_queue.alarm for each in rules.values()]
        if schedule:
            self.all += [self._alarm(each) for each in self._of_schedule(sweep, schedule)]
            self.all.append(schedule.dead_letter_queue.alarm)
        for alarm in self.all:
            alarm_topic.receive(alarm)

    def _alarms(
        self, machine: sfn.StateMachine, functions: Functions, rules: Mapping[str, RuleWithQueue], settings: Settings
    ) -> Iterator[_Alarm]:
        yield _Alarm(
            "Failed",
            _sum(machine.metric_failed()),
            1,
            "An execution failed. Its notification says why and what to do. The runbook says more.",
        )
        yield _Alarm(
            "TimedOut", _sum(machine.metric_timed_out()), 1, "An execution timed out because a task did not answer."
        )
        yield _Alarm("Aborted", _sum(machine.metric_aborted()), 1, "Somebody stopped an execution before it ended.")
        yield _Alarm(
            "Throttled",
            _sum(machine.metric_throttled()),
            1,
            "Step Functions throttles the state transitions of this account. Executions take longer.",
        )
        yield _Alarm(
            "Old",
            execution_age(Stack.of(self).stack_name),
            settings.oldest_execution_hours * 3600,
            f"An execution has been running for {settings.oldest_execution_hours:g} hours. It continues until its "
            "deadline. Check the status of both datasets in the Rekognition console.",
        )
        for name, each in rules.items():
            yield _Alarm(
                f"{name}RuleFailed",
                _rule_metric(each.rule, "FailedInvocations"),
                1,
                f"EventBridge could not invoke the target of the rule {each.rule.rule_name}.",
            )
        for function in functions.all:
            yield _Alarm(
                f"{function.node.id}Errors",
                function.metric_errors(period=_FIFTEEN_MINUTES, statistic="Sum"),
                5,  # a refused input is one error, and a short fault of a service is a few
                f"The function {function.function_name} failed at least 5 times within 15 minutes. Its log group says "
                "why.",
            )

    def _of_schedule(self, sweep: sfn.StateMachine, schedule: Schedule) -> Iterator[_Alarm]:
        yield _Alarm(
            "SweepFailed",
            _sum(sweep.metric_failed()),
            1,
            "A sweep failed. Its execution says why. The next sweep looks at every project again.",
        )
        yield _Alarm(
            "SweepTimedOut",
            _sum(sweep.metric_timed_out()),
            1,
            "A sweep timed out after two hours. It has not looked at every project.",
        )
        yield _Alarm(
            "EventsMissed",
            _sum(events_missed(Stack.of(self).stack_name)),
            1,
            "A sweep started an execution that an event should have started: events are being lost, or the account has "
            "no trail. `make doctor` says which.",
        )
        yield _Alarm(
            "SweepLost",
            _schedule_metric(schedule, "InvocationsFailedToBeSentToDeadLetterCount"),
            1,
            "The schedule could not start a sweep, and could not send that to its dead-letter queue.",
        )

    def _alarm(self, alarm: _Alarm) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            alarm.construct_id,
            metric=alarm.metric,
            threshold=alarm.threshold,
            evaluation_periods=1,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
            alarm_description=alarm.description,
        )


def _sum(metric: cloudwatch.Metric) -> cloudwatch.Metric:
    return metric.with_(statistic="Sum", period=_FIVE_MINUTES)


def _event_lost(name: str, rule: events.Rule) -> _Alarm:
    """Events that reached the dead-letter queue are in the alarm of the queue."""
    return _Alarm(
        f"{name}EventLost",
        _rule_metric(rule, "InvocationsFailedToBeSentToDlq"),
        1,
        f"An event of the rule {rule.rule_name} is lost. EventBridge could neither deliver it nor send it to the "
        "dead-letter queue.",
    )


def _rule_metric(rule: events.Rule, metric: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name=metric,
        dimensions_map={"RuleName": rule.rule_name},
        statistic="Sum",
        period=_FIVE_MINUTES,
    )


def _schedule_metric(schedule: Schedule, metric: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Scheduler",
        metric_name=metric,
        dimensions_map={"ScheduleGroup": schedule.group.ref},
        statistic="Sum",
        period=_FIVE_MINUTES,
    )
