"""What operators are told: alarms for the operations topic."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.functions import Functions
from infra.messaging.alarm_topic import AlarmTopic
from infra.metrics import execution_age
from infra.settings import Settings
from infra.triggers.dead_letter_queue import DeadLetterQueue

_FIVE_MINUTES = Duration.minutes(5)
_QUARTER = Duration.minutes(15)


class _Alarm(NamedTuple):
    """Goes off when the metric is at least the threshold."""

    construct_id: str
    metric: cloudwatch.Metric
    threshold: float
    said: str


class Alarms(Construct):
    """`all` of them, the most telling first. docs/operations.md says what to do about each."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine: sfn.StateMachine,
        functions: Functions,
        rules: Mapping[str, events.Rule],
        dead_letter_queues: Mapping[str, DeadLetterQueue],
        alarm_topic: AlarmTopic,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self.all = [self._alarm(each) for each in self._alarms(state_machine, functions, rules, settings)]
        self.all += [self._alarm(_event_lost(name, rules[name])) for name in dead_letter_queues]
        self.all += [each.alarm for each in dead_letter_queues.values()]
        for alarm in self.all:
            alarm_topic.receive(alarm)

    def _alarms(
        self, machine: sfn.StateMachine, functions: Functions, rules: Mapping[str, events.Rule], settings: Settings
    ) -> Iterator[_Alarm]:
        yield _Alarm(
            "Failed", _sum(machine.metric_failed()), 1, "An execution failed. Its message, and the runbook, say more."
        )
        yield _Alarm("TimedOut", _sum(machine.metric_timed_out()), 1, "An execution timed out: a task did not answer.")
        yield _Alarm("Aborted", _sum(machine.metric_aborted()), 1, "Somebody stopped an execution.")
        yield _Alarm(
            "Throttled",
            _sum(machine.metric_throttled()),
            1,
            "Step Functions throttles: more transitions than the account may make. Everything takes longer.",
        )
        yield _Alarm(
            "Old",
            execution_age(Stack.of(self).stack_name),
            settings.oldest_execution_hours * 3600,
            f"An execution has been running for more than {settings.oldest_execution_hours:g} hours. It goes on until "
            "its deadline: look at both datasets in the Rekognition console.",
        )
        for name, rule in rules.items():
            yield _Alarm(
                f"{name}RuleFailed",
                _rule_metric(rule, "FailedInvocations"),
                1,
                f"EventBridge could not invoke the target of the rule {rule.rule_name}.",
            )
        for function in functions.all:
            yield _Alarm(
                f"{function.node.id}Errors",
                function.metric_errors(period=_QUARTER, statistic="Sum"),
                5,  # an input that is refused is one error, and what passes by itself is a few
                f"The function {function.function_name} failed again and again. Its log group says why.",
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
            alarm_description=alarm.said,
        )


def _sum(metric: cloudwatch.Metric) -> cloudwatch.Metric:
    return metric.with_(statistic="Sum", period=_FIVE_MINUTES)


def _event_lost(name: str, rule: events.Rule) -> _Alarm:
    """What a queue has taken is in its own alarm."""
    return _Alarm(
        f"{name}EventLost",
        _rule_metric(rule, "InvocationsFailedToBeSentToDlq"),
        1,
        f"An event of the rule {rule.rule_name} is lost: EventBridge could neither deliver it nor queue it.",
    )


def _rule_metric(rule: events.Rule, metric: str) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name=metric,
        dimensions_map={"RuleName": rule.rule_name},
        statistic="Sum",
        period=_FIVE_MINUTES,
    )
