"""The CloudWatch dashboard for operators."""

from collections.abc import Sequence

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.functions import Functions
from infra.metrics import NAMESPACE, execution_age
from lambdas.rules.metrics import OUTCOMES, PROJECTS_SWEPT


class Dashboard(Construct):
    """The alarms come first, then executions, outcomes and decisions, then ages, errors and durations, then sweeps."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine: sfn.StateMachine,
        functions: Functions,
        alarms: Sequence[cloudwatch.IAlarm],
    ) -> None:
        super().__init__(scope, construct_id)
        self._service = Stack.of(self).stack_name
        dashboard = cloudwatch.Dashboard(self, "Dashboard", default_interval=Duration.days(7))
        dashboard.add_widgets(cloudwatch.AlarmStatusWidget(title="Alarms", alarms=list(alarms), width=24, height=3))
        executions = [
            state_machine.metric_started(label="started"),
            state_machine.metric_succeeded(label="succeeded"),
            state_machine.metric_failed(label="failed"),
            state_machine.metric_aborted(label="aborted"),
            state_machine.metric_timed_out(label="timed out"),
        ]
        dashboard.add_widgets(
            _graph("Executions", executions),
            _graph("Outcomes, by error", [self._search(OUTCOMES, "Outcome", "Error")]),
            _graph("Projects swept, by action", [self._search(PROJECTS_SWEPT, "Action")]),
        )
        dashboard.add_widgets(
            _graph("Age of the oldest execution (seconds)", [execution_age(self._service)]),
            _graph("Errors of functions", [function.metric_errors() for function in functions.all]),
            _graph(
                "Duration of functions (p99)", [function.metric_duration(statistic="p99") for function in functions.all]
            ),
        )

    def _search(self, metric: str, *dimensions: str) -> cloudwatch.MathExpression:
        """One line for each combination of values of the dimensions."""
        search = f'{{{NAMESPACE},service,{",".join(dimensions)}}} MetricName="{metric}" service="{self._service}"'
        return cloudwatch.MathExpression(
            expression=f"SEARCH('{search}', 'Sum', 3600)",
            label=" ".join(f"${{PROP('Dim.{dimension}')}}" for dimension in dimensions),
            period=Duration.hours(1),
            using_metrics={},
        )


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric]) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(metrics), width=8)
