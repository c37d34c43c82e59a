"""What an operator is told, and looks at first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_events as events
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.functions import Functions
from infra.metrics import EXECUTION_AGE, NAMESPACE, OUTCOMES
from infra.operations import Operations
from infra.queries import Queries
from infra.settings import Settings
from infra.undelivered import Undelivered
from infra.workflow import Workflow

_FIVE_MINUTES = Duration.minutes(5)
_QUARTER = Duration.minutes(15)


class _Alarm(NamedTuple):
    """Goes off when the metric is at least the threshold."""

    construct_id: str
    metric: cloudwatch.Metric
    threshold: float
    said: str


class Monitoring(Construct):
    """Alarms for the operations topic, a dashboard, and queries that stand ready in CloudWatch Logs Insights."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workflow: Workflow,
        functions: Functions,
        rules: Mapping[str, events.Rule],
        undelivered: Iterable[Undelivered],
        operations: Operations,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self._service = {"service": Stack.of(self).stack_name}
        alarms = [self._alarm(each) for each in self._alarms(workflow.state_machine, functions, rules, settings)]
        alarms += [each.alarm for each in undelivered]
        for alarm in alarms:
            operations.tell(alarm)
        Queries(self, "Queries", functions=functions.logs, state_machine=workflow.logs)
        if settings.create_dashboard:
            self._dashboard(workflow.state_machine, functions, alarms)

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
            self._age(),
            settings.oldest_execution_hours * 3600,
            f"An execution has been running for more than {settings.oldest_execution_hours:g} hours. It goes on until "
            "its deadline: look at both datasets in the Rekognition console.",
        )
        for name, rule in rules.items():
            yield _Alarm(
                f"{name}RuleFailed",
                _rule_failures(rule),
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

    def _age(self) -> cloudwatch.Metric:
        """Each look says how old its execution is. They are at most an hour apart."""
        return cloudwatch.Metric(
            namespace=NAMESPACE,
            metric_name=EXECUTION_AGE,
            dimensions_map=self._service,
            period=Duration.hours(1),
            statistic="Maximum",
        )

    def _outcome(self, outcome: str) -> cloudwatch.MathExpression:
        search = f'{{{NAMESPACE},service,Outcome,Error}} MetricName="{OUTCOMES}" Outcome="{outcome}"'
        service = f'service="{self._service["service"]}"'
        return cloudwatch.MathExpression(
            expression=f"SEARCH('{search} {service}', 'Sum', 3600)",
            label="",
            period=Duration.hours(1),
            using_metrics={},
        )

    def _dashboard(self, machine: sfn.StateMachine, functions: Functions, alarms: list[cloudwatch.Alarm]) -> None:
        """First whether anything is wrong, then what came of the pairs, then what it took."""
        dashboard = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.days(7))
        dashboard.add_widgets(cloudwatch.AlarmStatusWidget(title="Alarms", alarms=alarms, width=24, height=3))
        executions = [
            machine.metric_started(label="started"),
            machine.metric_succeeded(label="succeeded"),
            machine.metric_failed(label="failed"),
            machine.metric_aborted(label="aborted"),
            machine.metric_timed_out(label="timed out"),
        ]
        dashboard.add_widgets(
            _graph("Executions", executions),
            _graph("Distributed", [self._outcome("DISTRIBUTED")]),
            _graph("Failed, by error", [self._outcome("FAILED")]),
        )
        dashboard.add_widgets(
            _graph("Age of the oldest execution (seconds)", [self._age()]),
            _graph("Errors of functions", [function.metric_errors() for function in functions.all]),
            _graph("Duration of functions", [function.metric_duration(statistic="p99") for function in functions.all]),
        )


def _sum(metric: cloudwatch.Metric) -> cloudwatch.Metric:
    return metric.with_(statistic="Sum", period=_FIVE_MINUTES)


def _rule_failures(rule: events.Rule) -> cloudwatch.Metric:
    return cloudwatch.Metric(
        namespace="AWS/Events",
        metric_name="FailedInvocations",
        dimensions_map={"RuleName": rule.rule_name},
        statistic="Sum",
        period=_FIVE_MINUTES,
    )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=8)
