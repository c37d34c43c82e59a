"""What operators are told, and what they have to look at."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from infra.metrics import NAMESPACE
from infra.monitoring import saved_queries
from infra.settings import Settings
from lambdas.rules.metrics import DATASETS_RESOLVED, EXECUTION_AGE, OUTCOMES
from local.aws import ROOT, LocalAws
from local.cdk import STACK
from tests.support.executions import Executions, Subscriber, wait_until
from tests.support.telemetry import FUNCTION_LOGS, HOUR, WORKFLOW_LOGS, read_log_lines, read_points
from tests.support.workbench import Workbench, images
from tools.docs.template import template_for_assertions

SECRET = "Unreleased-Part-77"


@pytest.fixture
def operator(local_aws: LocalAws, stack: dict[str, str]) -> Any:
    """A subscriber to the alarms."""
    operator = Subscriber(local_aws, stack["AlarmTopicArn"])
    yield operator
    operator.unsubscribe()


def alarms(aws: LocalAws) -> dict[str, dict[str, Any]]:
    """Each alarm of the stack, by its name; other tests have alarms of their own."""
    found = aws.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{STACK}-")["MetricAlarms"]
    return {alarm["AlarmName"]: alarm for alarm in found}


def test_every_alarm_reaches_operators_through_the_encrypted_topic(local_aws: LocalAws, operator: Subscriber) -> None:
    """AWS's own metrics do not exist here: the state is set, as CloudWatch would."""
    names = set(alarms(local_aws))
    assert len(names) == 16
    for state in ("ALARM", "OK"):
        for name in names:
            local_aws.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
        assert {json.loads(notification.message)["AlarmName"] for notification in operator.receive_all()} == names


def test_an_alarm_is_about_what_the_page_says(local_aws: LocalAws) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    missing = {alarm["MetricName"] for alarm in alarms(local_aws).values() if f"`{alarm['MetricName']}`" not in page}
    assert missing == set()


def test_an_execution_that_has_been_running_for_too_long_is_told(local_aws: LocalAws, operator: Subscriber) -> None:
    cloudwatch = local_aws.client("cloudwatch")
    (old,) = [alarm for alarm in alarms(local_aws).values() if alarm["MetricName"] == "ExecutionAge"]
    for hours, told in ((11, []), (12, ["ALARM"])):
        cloudwatch.put_metric_data(
            Namespace=old["Namespace"],
            MetricData=[{"MetricName": "ExecutionAge", "Dimensions": old["Dimensions"], "Value": hours * HOUR}],
        )
        cloudwatch.describe_alarms(AlarmNames=[old["AlarmName"]])
        assert [json.loads(each.message)["NewStateValue"] for each in operator.receive_all()] == told


def test_outcomes_are_counted_by_error_and_executions_say_how_old_they_are(
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
    assert counted(local_aws, "ExecutionAge", "SampleCount") >= 5


def counted(aws: LocalAws, metric: str, statistic: str = "Sum", **dimensions: str) -> float:
    found = read_points(aws, NAMESPACE, metric, service=STACK, **dimensions)
    return float(sum(point[statistic] for point in found))


def test_no_log_has_what_is_in_a_dataset(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions
) -> None:
    """Of the state machine no name at all; of functions that of the project, and how many there are of what."""
    bench.aws.configure(creation_seconds=0, distribution_seconds=0, event_copies=0)
    bench.pair(project, images(10, SECRET) + images(10, "other"))
    execution = executions.run({"ProjectArn": project})
    assert SECRET in json.dumps(execution.history(), default=str)
    name = project.split("/")[1]
    wait_until(lambda: logged(local_aws, WORKFLOW_LOGS, execution.arn))
    wait_until(lambda: name in logged(local_aws, FUNCTION_LOGS, execution.arn))
    of_functions, of_states = (logged(local_aws, groups, execution.arn) for groups in (FUNCTION_LOGS, WORKFLOW_LOGS))
    assert name not in of_states
    for said in (of_functions, of_states):
        assert "source-ref" not in said
        assert "s3://" not in said
    assert [logged(local_aws, groups, SECRET) for groups in (FUNCTION_LOGS, WORKFLOW_LOGS)] == ["", ""]


def logged(aws: LocalAws, groups: str, word: str) -> str:
    return "\n".join(read_log_lines(aws, groups, word))


@pytest.mark.usefixtures("stack")
def test_the_queries_stand_ready_and_in_the_page(local_aws: LocalAws) -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    ready = {**saved_queries.OF_FUNCTIONS, **saved_queries.OF_THE_STATE_MACHINE}
    defined = local_aws.client("logs").describe_query_definitions()["queryDefinitions"]
    assert {each["name"] for each in defined} == {f"DatasetDistribution/{name}" for name in ready}
    for name, query in ready.items():
        assert f"**{name}**" in page
        assert query in page


def test_the_dashboard_begins_with_the_alarms() -> None:
    (dashboard,) = template_for_assertions(Settings()).find_resources("AWS::CloudWatch::Dashboard").values()
    body = json.dumps(dashboard["Properties"]["DashboardBody"])
    assert body.index("Alarms") < body.index("Executions") < body.index("Errors of functions")


def test_the_dashboard_looks_at_metrics_that_are_sent(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions
) -> None:
    """Ours, by all of their dimensions; AWS's own do not exist here."""
    bench.aws.configure(creation_seconds=0, distribution_seconds=0, event_copies=0)
    bench.pair(project, images(10))
    executions.run({"ProjectArn": project})
    found = local_aws.client("cloudwatch").list_metrics(Namespace=NAMESPACE)["Metrics"]
    sent = {
        shown(metric["Namespace"], metric["MetricName"], {each["Name"]: each["Value"] for each in metric["Dimensions"]})
        for metric in found
    }
    looked_at = set(metrics_of_the_dashboard(local_aws))
    assert {name for _, name, *_ in looked_at} == {OUTCOMES, DATASETS_RESOLVED, EXECUTION_AGE}
    assert looked_at <= sent


def shown(namespace: str, metric: str, dimensions: dict[str, str]) -> tuple[str, ...]:
    """Only `service` has a value that the dashboard asks for."""
    return namespace, metric, dimensions["service"], *sorted(dimensions)


def metrics_of_the_dashboard(aws: LocalAws) -> Iterator[tuple[str, ...]]:
    """Each that is ours, named or searched for."""
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
