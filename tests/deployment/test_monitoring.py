"""Alarms, logs, metrics, saved queries and the dashboard for operators."""

import json
import re
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from infra.functions import FUNCTIONS
from infra.metrics import NAMESPACE
from infra.monitoring import saved_queries
from infra.settings import Settings
from lambdas.rules.metrics import EXECUTION_AGE, OUTCOMES, PROJECTS_SWEPT
from local.aws import ROOT, LocalAws
from local.cdk import STACK
from tests.support.executions import Executions, Subscriber, wait_until
from tests.support.telemetry import FUNCTION_LOGS, HOUR, WORKFLOW_LOGS, read_log_lines, read_points
from tests.support.unique import unique
from tests.support.workbench import Workbench, images
from tools.docs.template import template_for_assertions

CONFIDENTIAL_LABEL = "Unreleased-Part-77"


@pytest.fixture
def operator(local_aws: LocalAws, stack: dict[str, str]) -> Any:
    """A subscriber to the alarms, which are all off."""
    for name in alarms(local_aws):
        local_aws.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="OK", StateReason="a test")
    operator = Subscriber(local_aws, stack["AlarmTopicArn"])
    yield operator
    operator.unsubscribe()


def alarms(aws: LocalAws) -> dict[str, dict[str, Any]]:
    """The alarms of the stack by name, without those of other tests."""
    found = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{STACK}-")["MetricAlarms"]
    return {alarm["AlarmName"]: alarm for alarm in found}


def test_every_alarm_reaches_operators_through_the_encrypted_topic(local_aws: LocalAws, operator: Subscriber) -> None:
    """The test sets the states, because the local AWS has no metrics of AWS's own."""
    names = set(alarms(local_aws))
    assert len(names) == 16 + len(FUNCTIONS)  # five are about sweeps
    for state in ("ALARM", "OK"):
        for name in names:
            local_aws.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
        assert {json.loads(notification.message)["AlarmName"] for notification in operator.receive_all()} == names


@pytest.mark.usefixtures("stack")
def test_every_alarm_is_on_the_page(local_aws: LocalAws) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    missing = {alarm["MetricName"] for alarm in alarms(local_aws).values() if f"`{alarm['MetricName']}`" not in page}
    assert missing == set()


def test_operators_are_notified_of_an_old_execution(local_aws: LocalAws, operator: Subscriber) -> None:
    """A copy of the deployed alarm for another `service`, whose metric has only the points of this test."""
    cloudwatch = local_aws.client("cloudwatch")
    copy = copy_of_alarm(local_aws, "ExecutionAge")
    cloudwatch.put_metric_alarm(**copy)
    try:
        for hours, expected in ((11, ["OK"]), (12, ["ALARM"])):
            point = {"MetricName": "ExecutionAge", "Dimensions": copy["Dimensions"], "Value": hours * HOUR}
            cloudwatch.put_metric_data(Namespace=copy["Namespace"], MetricData=[point])
            cloudwatch.describe_alarms(AlarmNames=[copy["AlarmName"]])
            assert states_heard(operator, copy["AlarmName"]) == expected
    finally:
        cloudwatch.delete_alarms(AlarmNames=[copy["AlarmName"]])


def copy_of_alarm(aws: LocalAws, metric: str) -> dict[str, Any]:
    """What PutMetricAlarm takes for a copy of a deployed alarm, with a `service` of its own.

    The policy of the topic for alarms accepts names that begin with the stack's.
    """
    (deployed,) = [alarm for alarm in alarms(aws).values() if alarm["MetricName"] == metric]
    accepted = aws.client("cloudwatch").meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    (dimension,) = deployed["Dimensions"]
    return {
        **{name: value for name, value in deployed.items() if name in accepted},
        "AlarmName": f"{STACK}-{unique('copy')}",
        "Dimensions": [{**dimension, "Value": unique("service")}],
    }


def states_heard(operator: Subscriber, alarm: str) -> list[str]:
    """The states of one alarm that operators were notified of since the last call."""
    messages = [json.loads(notification.message) for notification in operator.receive_all()]
    return [message["NewStateValue"] for message in messages if message["AlarmName"] == alarm]


def test_executions_send_outcomes_by_error(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions
) -> None:
    bench.aws.configure(creation_seconds=0, distribution_seconds=0, event_copies=0)
    before = counted(local_aws, "Outcomes", Outcome="DISTRIBUTED", Error="none")
    failed = counted(local_aws, "Outcomes", Outcome="FAILED", Error="DatasetMissing")
    assert executions.run({"ProjectArn": project}).error == "DatasetMissing"
    bench.pair(project, images(10))
    executions.run({"ProjectArn": project})
    assert counted(local_aws, "Outcomes", Outcome="DISTRIBUTED", Error="none") == before + 1
    assert counted(local_aws, "Outcomes", Outcome="FAILED", Error="DatasetMissing") == failed + 1


def test_an_execution_sends_its_age_after_its_first_hour(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions
) -> None:
    bench.aws.configure(creation_seconds=0, distribution_seconds=3 * HOUR, event_copies=0)
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    began = time.time()
    executions.run({"ProjectArn": project})
    ages = wait_until(lambda: sent_ages(local_aws, began))
    assert HOUR <= ages[0] < 1.2 * HOUR  # a polling interval is at most 12% of the time before it; a poll takes seconds
    assert 3 * HOUR <= ages[-1] < 3.3 * HOUR
    assert all(later - earlier < HOUR for earlier, later in pairwise(ages))


def sent_ages(aws: LocalAws, since: float) -> list[float]:
    """The ages that functions have sent since a moment, in seconds, the youngest first."""
    sent = [json.loads(line) for line in read_log_lines(aws, FUNCTION_LOGS, EXECUTION_AGE, since=since)]
    return sorted(each[EXECUTION_AGE][0] for each in sent)


def test_operators_are_notified_of_missed_events(
    local_aws: LocalAws,
    bench: Workbench,
    project: str,
    executions: Executions,
    stack: dict[str, str],
    operator: Subscriber,
) -> None:
    """The sweep's own metric sets the alarm off: a pair for which no event has come in two hours."""
    bench.aws.configure(creation_seconds=0, distribution_seconds=0, event_copies=0)
    bench.pair(project, images(10))
    bench.aws.advance(2 * HOUR)
    bench.aws.follow_waits(True)
    executions.wait_until_ended(executions.begin({"StartedBy": "SCHEDULE"}, stack["SweepStateMachineArn"]))
    (missed,) = [alarm for alarm in alarms(local_aws).values() if alarm["MetricName"] == "EventsMissed"]
    cloudwatch = local_aws.client("cloudwatch")
    wait_until(
        lambda: (
            cloudwatch.describe_alarms(AlarmNames=[missed["AlarmName"]])
            and "ALARM" in states_heard(operator, missed["AlarmName"])
        )
    )


def counted(aws: LocalAws, metric: str, statistic: str = "Sum", **dimensions: str) -> float:
    found = read_points(aws, NAMESPACE, metric, service=STACK, **dimensions)
    return float(sum(point[statistic] for point in found))


def test_no_log_contains_dataset_content(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions
) -> None:
    """The state machine's log has no names. The functions' logs have the project's name and counts only."""
    bench.aws.configure(creation_seconds=0, distribution_seconds=0, event_copies=0)
    bench.pair(project, images(10, CONFIDENTIAL_LABEL) + images(10, "other"))
    execution = executions.run({"ProjectArn": project})
    assert CONFIDENTIAL_LABEL in json.dumps(execution.history(), default=str)
    name = project.split("/")[1]
    wait_until(lambda: logged(local_aws, WORKFLOW_LOGS, execution.arn))
    wait_until(lambda: name in logged(local_aws, FUNCTION_LOGS, execution.arn))
    of_functions, of_states = (logged(local_aws, groups, execution.arn) for groups in (FUNCTION_LOGS, WORKFLOW_LOGS))
    assert name not in of_states
    for lines in (of_functions, of_states):
        assert "source-ref" not in lines
        assert "s3://" not in lines
    assert [logged(local_aws, groups, CONFIDENTIAL_LABEL) for groups in (FUNCTION_LOGS, WORKFLOW_LOGS)] == ["", ""]


def test_log_quotes_only_the_beginning_of_a_refused_input(local_aws: LocalAws, executions: Executions) -> None:
    """As docs/operations.md says. The state machine's log quotes nothing of it."""
    beginning, end = unique("beginning"), unique("end")
    execution = executions.run({"ProjectName": f"{beginning}/{'x' * 120}{end}"})
    assert execution.error == "InvalidInput"
    wait_until(lambda: logged(local_aws, WORKFLOW_LOGS, execution.arn))
    wait_until(lambda: logged(local_aws, FUNCTION_LOGS, beginning))
    assert logged(local_aws, FUNCTION_LOGS, end) == ""
    assert logged(local_aws, WORKFLOW_LOGS, beginning) == ""


def logged(aws: LocalAws, groups: str, word: str) -> str:
    return "\n".join(read_log_lines(aws, groups, word))


@pytest.mark.usefixtures("stack")
def test_saved_queries_are_deployed_and_on_the_page(local_aws: LocalAws) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    queries = {**saved_queries.OF_FUNCTIONS, **saved_queries.OF_THE_STATE_MACHINE}
    defined = local_aws.client("logs").describe_query_definitions()["queryDefinitions"]
    assert {each["name"] for each in defined} == {f"DatasetDistribution/{name}" for name in queries}
    for name, query in queries.items():
        assert f"**{name}**" in page
        assert query in page


def test_dashboard_begins_with_the_alarms() -> None:
    (dashboard,) = template_for_assertions(Settings()).find_resources("AWS::CloudWatch::Dashboard").values()
    body = json.dumps(dashboard["Properties"]["DashboardBody"])
    assert body.index("Alarms") < body.index("Executions") < body.index("Errors of functions")


def test_dashboard_shows_metrics_that_functions_send(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, stack: dict[str, str]
) -> None:
    """Compares our own metrics by all dimensions. The local AWS has no metrics of AWS's own."""
    bench.aws.configure(creation_seconds=0, distribution_seconds=2 * HOUR, event_copies=0)
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    executions.run({"ProjectArn": project})
    executions.wait_until_ended(executions.begin({}, stack["SweepStateMachineArn"]))
    found = local_aws.client("cloudwatch").list_metrics(Namespace=NAMESPACE)["Metrics"]
    sent = {
        shown(metric["Namespace"], metric["MetricName"], {each["Name"]: each["Value"] for each in metric["Dimensions"]})
        for metric in found
    }
    on_dashboard = set(metrics_of_the_dashboard(local_aws))
    assert {name for _, name, *_ in on_dashboard} == {OUTCOMES, EXECUTION_AGE, PROJECTS_SWEPT}
    assert on_dashboard <= sent


def shown(namespace: str, metric: str, dimensions: dict[str, str]) -> tuple[str, ...]:
    """A metric with the names of its dimensions. The dashboard chooses a value for `service` only."""
    return namespace, metric, dimensions["service"], *sorted(dimensions)


def metrics_of_the_dashboard(aws: LocalAws) -> Iterator[tuple[str, ...]]:
    """Our own metrics on the dashboard, from graphs and from searches."""
    cloudwatch = aws.client("cloudwatch")
    (dashboard,) = cloudwatch.list_dashboards(DashboardNamePrefix=f"{STACK}-")["DashboardEntries"]
    body = cloudwatch.get_dashboard(DashboardName=dashboard["DashboardName"])["DashboardBody"]
    for widget in json.loads(body)["widgets"]:
        for metric in widget["properties"].get("metrics", []):
            match metric:
                case [{"expression": expression}]:
                    yield searched(expression)
                case [namespace, name, *dimensions, _] if namespace == NAMESPACE:
                    yield shown(namespace, name, dict(zip(dimensions[::2], dimensions[1::2], strict=True)))


def searched(expression: str) -> tuple[str, ...]:
    found = re.fullmatch(r"SEARCH\('\{(.+)\} MetricName=\"(.+)\" service=\"(.+)\"', 'Sum', 3600\)", expression)
    assert found, expression
    namespace, *dimensions = found[1].split(",")
    return shown(namespace, found[2], {**dict.fromkeys(dimensions, ""), "service": found[3]})
