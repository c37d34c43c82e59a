"""The cost of a distribution, and of the stack at rest, in docs/cost.md."""

import json
import time
from collections import Counter
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest

from infra.settings import Settings
from lambdas.rules.input.sweep_input import MOST_PROJECTS
from local.aws import LocalAws
from tests.support.executions import Execution, Executions, Subscriber, only, read_records, wait_until
from tests.support.telemetry import FUNCTION_LOGS, WORKFLOW_LOGS, read_log_lines
from tests.support.workbench import Workbench, images
from tools.docs.cost import usage
from tools.docs.cost.at_rest import PRICED, WITHOUT_PRICE, usage_at_rest
from tools.docs.cost.prices import Price, cost_of
from tools.docs.cost.scenarios import TYPICAL, WORST, Scenario, sweeps
from tools.docs.cost.usage import Distribution, Stack, Sweep, metrics_of, use_of_state
from tools.docs.cost.walk import Visit, summarize
from tools.docs.template import EVERY_OPTION, states_of, template_for_assertions

AT_ONCE = Scenario(creation=0, distribution=0)
BY_SCHEDULE = {"StartedBy": "SCHEDULE"}
JITTER = Decimal("0.15")  # the share by which the jitter of waits changes a cost
KB = 1024


@pytest.fixture(scope="module")
def priced() -> Stack:
    return Stack()


@pytest.fixture(scope="module")
def typical(priced: Stack) -> Distribution:
    return Distribution(priced, TYPICAL.walks(priced.definition))


def test_a_distribution_costs_less_than_a_cent(typical: Distribution) -> None:
    assert typical.cost() < Decimal("0.01")


def test_worst_case_ends_at_the_deadline_and_costs_few_cents(priced: Stack, typical: Distribution) -> None:
    distributing, skipped = WORST.walks(priced.definition)
    assert [distributing[-1].state, skipped[-1].state] == ["Failed", "Skipped"]
    assert "Claim pair" in [visit.state for visit in skipped]
    worst = Distribution(priced, [distributing, skipped])
    assert typical.cost() < worst.cost() < Decimal("0.20")


def test_many_distributions_cost_no_more_each_than_one(typical: Distribution) -> None:
    each = [typical.cost(number) / number for number in (1, 100, 10_000)]
    assert each == sorted(each, reverse=True)


def test_metric_costs_at_most_one_month(typical: Distribution) -> None:
    metrics = {name for name, _ in typical.metric_hours}
    (most,) = {typical.usage(number)[Price.METRIC_HOUR] for number in (10_000, 100_000)}
    assert Price.METRIC_HOUR.usd * most == pytest.approx(Decimal("0.30") * len(metrics))


def test_only_key_and_alarms_cost_at_rest(priced: Stack) -> None:
    keys, alarms = len(priced.of("AWS::KMS::Key")), len(priced.of("AWS::CloudWatch::Alarm"))
    assert cost_of(usage_at_rest(priced.resources)) <= keys * Decimal("1.00") + alarms * Decimal("0.10")


@pytest.mark.parametrize(
    ("resource", "message"),
    [
        ({"Type": "AWS::EC2::NatGateway"}, "no price at rest for AWS::EC2::NatGateway"),
        ({"Type": "AWS::Lambda::Version", "Properties": {"ProvisionedConcurrencyConfig": {}}}, "is provisioned"),
        ({"Type": "AWS::DynamoDB::Table", "Properties": {"ProvisionedThroughput": {}}}, "is provisioned"),
        ({"Type": "AWS::CloudWatch::Alarm", "Properties": {"Period": 10}}, "high resolution"),
    ],
)
def test_resource_without_a_price_is_named_in_the_error(resource: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        usage_at_rest({"It": resource})


def test_usage_at_rest_counts_each_priced_resource() -> None:
    metrics: list[dict[str, Any]] = [{"MetricStat": {}}, {"MetricStat": {}}, {"Expression": "a / b"}]
    kinds = ["KMS::Key", *["CloudWatch::Dashboard"] * 4, "SNS::Topic"]
    resources: dict[str, dict[str, Any]] = {f"{n}": {"Type": f"AWS::{kind}"} for n, kind in enumerate(kinds)}
    resources["Ratio"] = {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": metrics}}
    assert usage_at_rest(resources) == {Price.KEY: 1, Price.DASHBOARD: 1, Price.ALARM: 2}


def resources(settings: Settings) -> dict[str, dict[str, Any]]:
    return dict(template_for_assertions(settings).to_json()["Resources"])


def test_no_resource_is_both_priced_and_without_price() -> None:
    assert not PRICED.keys() & WITHOUT_PRICE.keys()


def test_price_tables_have_exactly_the_types_of_the_templates() -> None:
    kinds = {each["Type"] for settings in (Settings(), EVERY_OPTION) for each in resources(settings).values()}
    assert kinds == PRICED.keys() | WITHOUT_PRICE.keys()


def test_options_cost_nothing_at_rest() -> None:
    assert usage_at_rest(resources(EVERY_OPTION)) == usage_at_rest(resources(Settings()))


def test_task_without_a_price_is_named_in_the_error(priced: Stack) -> None:
    with pytest.raises(ValueError, match="no price for sqs:sendMessage"):
        use_of_state(priced, {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage"})


def test_every_task_has_a_price(priced: Stack) -> None:
    for definition in (priced.definition, priced.sweep):
        for state in states_of(definition).values():
            use_of_state(priced, state)


def test_keys_traces_and_state_machine_logs_are_counted(priced: Stack) -> None:
    amounts = Distribution(priced, AT_ONCE.walks(priced.definition)).amounts
    kilobytes = usage.LOG_KB * amounts[Price.INVOCATION] + usage.EVENTS_KB * amounts[Price.TRANSITION]
    assert amounts[Price.LOG] == kilobytes / usage.KB_A_GB
    assert amounts[Price.TRACE] == 2
    assert amounts[Price.KEY_REQUEST] >= amounts[Price.INVOCATION] + amounts[Price.WRITE] + amounts[Price.READ]


@pytest.mark.parametrize(
    ("setting", "other"), [("LoggingConfiguration", {"Level": "ERROR"}), ("TracingConfiguration", {"Enabled": False})]
)
def test_other_logging_or_tracing_has_no_price(setting: str, other: dict[str, Any]) -> None:
    stack = Stack()
    stack.machines[0][setting] = other
    with pytest.raises(ValueError, match="Add one there"):
        Distribution(stack, AT_ONCE.walks(stack.definition))


def test_sweep_of_more_projects_than_one_takes_is_several_executions(priced: Stack) -> None:
    first, last = sweeps(priced.sweep, MOST_PROJECTS + 1)
    assert [len(visits) for visits in (first, last)] == [9 + 3 * MOST_PROJECTS, 8 + 3]
    assert ["Sweep the rest" in [visit.state for visit in visits] for visits in (first, last)] == [True, False]


def test_daily_sweeps_of_few_projects_cost_cents_a_month(priced: Stack) -> None:
    assert Sweep(priced, sweeps(priced.sweep, 10)).cost(30) < Decimal("0.10")


def test_a_sweep_enters_the_priced_states_and_sends_the_priced_metrics(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, stack: dict[str, str], priced: Stack
) -> None:
    """A project without datasets: the sweep starts nothing. The local AWS records no state inside a Map."""
    bench.aws.configure(event_copies=0)
    began = time.time()
    swept = executions.wait_until_ended(executions.begin(BY_SCHEDULE, stack["SweepStateMachineArn"]))
    (walked,) = sweeps(priced.sweep, projects=1)
    assert [row["ProjectName"] for row in swept.output["Pairs"]] == [project.split("/")[1]]
    outside = [visit.state for visit in walked if visit.state in priced.sweep["States"]]
    assert [visit.state for visit in visits_of(swept)] == outside
    states = states_of(priced.sweep)
    expected = {metric for visit in walked for metric in metrics_of(priced, visit, states[visit.state])}
    wait_until(lambda: expected <= sent_metrics(read_log_lines(local_aws, FUNCTION_LOGS, since=began)))
    assert sent_metrics(read_log_lines(local_aws, FUNCTION_LOGS, since=began)) == expected


@dataclass(frozen=True)
class Run:
    """The executions of a distribution by event: the one that distributes, and the one that is skipped."""

    distributing: Execution
    skipped: Execution
    began: float

    @property
    def visits(self) -> list[list[Visit]]:
        return [visits_of(execution) for execution in (self.distributing, self.skipped)]

    def logged(self, aws: LocalAws) -> list[str]:
        """The log lines of the functions since the run began."""
        return read_log_lines(aws, FUNCTION_LOGS, since=self.began)


@pytest.fixture
def run(bench: Workbench, project: str, executions: Executions) -> Run:
    """Rekognition finishes every request at once."""
    bench.aws.configure(creation_seconds=0, distribution_seconds=0)
    began = time.time()
    skipped = executions.wait_until_ended_for(bench.create(project, "TRAIN", images(10)))
    return Run(executions.wait_until_ended_for(bench.create(project, "TEST")), skipped, began)


@pytest.mark.assumes("late_dataset", "stale_status_seconds", "stats_late_seconds")
def test_executions_enter_the_priced_states(priced: Stack, run: Run) -> None:
    walks = AT_ONCE.walks(priced.definition)
    assert [summaries(visits) for visits in run.visits] == [summaries(visits) for visits in walks]
    events = [event for execution in (run.distributing, run.skipped) for event in execution.history()]
    amounts = Distribution(priced, walks).amounts
    assert sum(event["type"].endswith("StateEntered") for event in events) == amounts[Price.TRANSITION]
    asked = Counter(e["taskScheduledEventDetails"]["resource"] for e in events if e["type"] == "TaskScheduled")
    states = [priced.definition["States"][visit.state] for walked in walks for visit in walked]
    assert asked == Counter(state["Resource"] for state in states if state["Type"] == "Task")
    assert asked["arn:aws:states:::lambda:invoke"] == amounts[Price.INVOCATION]


@pytest.mark.assumes("late_dataset", "stale_status_seconds", "stats_late_seconds")
def test_functions_send_the_priced_metrics(local_aws: LocalAws, priced: Stack, run: Run) -> None:
    visits = [visit for walked in AT_ONCE.walks(priced.definition) for visit in walked]
    states = priced.definition["States"]
    expected = {metric for visit in visits for metric in metrics_of(priced, visit, states[visit.state])}
    wait_until(lambda: expected <= sent_metrics(run.logged(local_aws)))
    assert sent_metrics(run.logged(local_aws)) == expected


def test_nothing_is_larger_than_its_priced_size(
    local_aws: LocalAws, stack: dict[str, str], subscriber: Subscriber, priced: Stack, run: Run
) -> None:
    (record,) = read_records(local_aws, stack["RecordsTable"], run.distributing.output["ProjectName"])
    assert sum(len(name + value) for name, value in record.items()) < usage.RECORD_KB * KB
    in_each_form = 3 * len(only(subscriber.receive_all()).message.encode())
    assert in_each_form < usage.MESSAGE_KB * KB
    (page,) = pages_of(local_aws, stack["ReportsBucket"], run.distributing)
    assert page["Size"] < usage.PAGE_KB * KB
    invocations = Distribution(priced, run.visits).amounts[Price.INVOCATION]
    assert sum(map(len, run.logged(local_aws))) < invocations * usage.LOG_KB * KB
    logged = wait_until(lambda: read_log_lines(local_aws, WORKFLOW_LOGS, run.distributing.arn))
    assert sum(map(len, logged)) < len(run.distributing.states) * usage.EVENTS_KB * KB


def test_typical_execution_costs_what_the_page_says(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, priced: Stack
) -> None:
    local_aws.follow_waits(True)
    bench.aws.configure(event_copies=0, creation_seconds=TYPICAL.creation, distribution_seconds=TYPICAL.distribution)
    bench.begin(project, "TRAIN", images(10))
    bench.begin(project, "TEST")
    real = visits_of(executions.run({"ProjectArn": project}))
    walked, _ = TYPICAL.walks(priced.definition)
    assert {visit.state for visit in real} == {visit.state for visit in walked}
    assert Distribution(priced, [real]).cost() == pytest.approx(Distribution(priced, [walked]).cost(), rel=JITTER)


def visits_of(execution: Execution) -> list[Visit]:
    """The visits of an execution, as a walk returns them."""
    events = execution.history()
    visits: list[Visit] = []
    for event in events:
        if entered := event.get("stateEnteredEventDetails"):
            visits.append(Visit(entered["name"], (event["timestamp"] - events[0]["timestamp"]).total_seconds()))
        elif event["type"] == "TaskStateExited":
            visits[-1] = replace(visits[-1], answer=summarize(json.loads(event["stateExitedEventDetails"]["output"])))
    return visits


def summaries(visits: list[Visit]) -> list[tuple[str, str]]:
    return [(visit.state, visit.answer) for visit in visits]


def sent_metrics(messages: list[str]) -> set[str]:
    """The names of the metrics, each with its dimension besides `service`."""
    sent = [json.loads(message) for message in messages if '"CloudWatchMetrics"' in message]
    return {
        " ".join([metric["Name"], *(each[name] for name in names if name != "service")])
        for each in sent
        for directive in each["_aws"]["CloudWatchMetrics"]
        for metric in directive["Metrics"]
        for names in directive["Dimensions"]
    }


def pages_of(aws: LocalAws, bucket: str, execution: Execution) -> list[dict[str, Any]]:
    objects = aws.client("s3").list_objects_v2(Bucket=bucket)["Contents"]
    return [each for each in objects if execution.arn.rsplit(":", 1)[-1] in each["Key"]]
