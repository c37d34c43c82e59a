"""The usage of AWS by executions, counted from the states that they enter and from the template."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from infra.settings import Settings
from lambdas.rules.decision import Action
from lambdas.rules.metrics import EVENTS_MISSED, EXECUTION_AGE, OUTCOMES, PROJECTS_SWEPT
from tools.docs.cost.prices import HOURS_A_MONTH, Price, Usage, cost_of
from tools.docs.cost.walk import Visit
from tools.docs.template import SWEEP, render_definition, states_of, template_for_assertions

# The template does not contain these. Tests compare the sizes with executions on the local AWS, but not the seconds.
SECONDS_BILLED = Decimal(2)  # of each invocation, if each is a cold start, whose INIT phase is billed
RECORD_KB = 2  # one write unit is 1 KB
MESSAGE_KB = 64  # SNS and EventBridge count up to 64 KB as one message
PAGE_KB = 50
LOG_KB = 2  # for each invocation
EVENTS_KB = 4  # for each state: the state machine logs all its events
RECORDS_KEPT = 12  # months: a record stays longer, but its distribution pays for these

KB_A_GB = Decimal(1024**2)
DAYS_A_MONTH = Decimal(30)
Resource = dict[str, Any]

# The usage of a function's own calls, one call of each allowed action for each invocation.
OWN_CALLS: dict[str, Usage] = {
    "dynamodb:GetItem": {Price.READ: Decimal(1)},
    "dynamodb:PutItem": {},  # only when an execution takes over a pair
    "dynamodb:UpdateItem": {Price.WRITE: Decimal(RECORD_KB)},
    "s3:PutObject": {Price.PUT: Decimal(1)},
    "sns:Publish": {},  # only of an execution that ended without a notification
    "sqs:SendMessage": {},  # only when the function fails
}
# Rekognition publishes no price for these calls. Keys, traces and logs are counted elsewhere in this module.
FREE_CALLS = r"rekognition:.*|states:(GetExecutionHistory|DescribeExecution|ListExecutions)|logs:.*|xray:.*|kms:.*"

# The units for which an encrypted service asks KMS, if it never reuses a data key.
ENCRYPTED = (Price.INVOCATION, Price.WRITE, Price.READ, Price.EVENT, Price.PUBLISH, Price.EMAIL, Price.PUT)

# The answers of a function with which an execution ends without a report.
UNREPORTED = (Action.SKIPPED, Action.ALREADY_DISTRIBUTED, Action.DRY_RUN)

# The metrics that functions send through their logs, by state: name and dimension. A priced sweep starts nothing.
FUNCTION_METRICS = {
    "Report outcome": (f"{OUTCOMES} {{answer}}",),
    "Report sweep": (f"{PROJECTS_SWEPT} LEAVE", EVENTS_MISSED),
}


class Stack:
    """The template and the definitions of a deployment that notifies one address."""

    def __init__(self) -> None:
        settings = Settings(email=("you@example.com",))
        self.resources: dict[str, Resource] = template_for_assertions(settings).to_json()["Resources"]
        self.definition = render_definition(settings)
        self.sweep = render_definition(settings, SWEEP)

    def of(self, kind: str) -> dict[str, Resource]:
        """The properties of the resources of a type, by logical id."""
        return {name: r.get("Properties", {}) for name, r in self.resources.items() if r["Type"] == kind}

    @property
    def machines(self) -> list[Resource]:
        """The properties of the state machines."""
        return list(self.of("AWS::StepFunctions::StateMachine").values())

    def function_of(self, state: dict[str, Any]) -> str:
        """The logical id of the function that a state invokes."""
        version = state["Arguments"]["FunctionName"].rpartition(":")[2]
        return str(self.of("AWS::Lambda::Version")[version]["FunctionName"]["Ref"])

    def environment_of(self, state: dict[str, Any]) -> dict[str, Any]:
        """The environment of the function that a state invokes."""
        variables: dict[str, Any] = self.of("AWS::Lambda::Function")[self.function_of(state)]["Environment"][
            "Variables"
        ]
        return variables

    def calls_of(self, function: str) -> set[str]:
        """The actions that the policies of the function's role allow."""
        role = self.of("AWS::Lambda::Function")[function]["Role"]["Fn::GetAtt"][0]
        policies = [p for p in self.of("AWS::IAM::Policy").values() if {"Ref": role} in p["Roles"]]
        statements = [statement for p in policies for statement in p["PolicyDocument"]["Statement"]]
        return {action for statement in statements for action in _listed(statement["Action"])}


class Executions:
    """The usage of some executions together, and that of such a group of executions several times a month."""

    def __init__(self, stack: Stack, definition: dict[str, Any], executions: Iterable[list[Visit]]) -> None:
        self._stack, self._states = stack, states_of(definition)
        self.amounts: defaultdict[Price, Decimal] = defaultdict(Decimal)
        self.metric_hours: set[tuple[str, int]] = set()
        for visits in executions:
            self._count(visits)
        self.amounts[Price.KEY_REQUEST] = sum((self.amounts[p] for p in ENCRYPTED), Decimal(0))

    def usage(self, times: int = 1) -> Usage:
        """The usage of so many in a month. A metric costs once for each hour in which it is sent."""
        metrics = {name for name, _ in self.metric_hours}
        hours = min(len(self.metric_hours) * times, len(metrics) * HOURS_A_MONTH)
        amounts = {price: amount * times for price, amount in self.amounts.items()}
        return {**amounts, Price.METRIC_HOUR: Decimal(hours)}

    def cost(self, times: int = 1) -> Decimal:
        """The cost of so many in a month, in US dollars."""
        return cost_of(self.usage(times))

    def _count(self, visits: list[Visit]) -> None:
        self._add({Price.TRANSITION: Decimal(len(visits))})
        for visit in visits:
            state = self._states[visit.state]
            self._add(use_of_state(self._stack, state))
            sent = metrics_of(self._stack, visit, state)
            self.metric_hours |= {(metric, int(visit.seconds // 3600)) for metric in sent}
        self._add(_trace(self._stack))
        self._add(_logs_of_states(self._stack, len(visits)))

    def _add(self, usage: Usage) -> None:
        for price, amount in usage.items():
            self.amounts[price] += amount


class Distribution(Executions):
    """The usage of all executions of one distribution together."""

    def __init__(self, stack: Stack, executions: Iterable[list[Visit]]) -> None:
        super().__init__(stack, stack.definition, executions)
        self._add(_kept_record(stack))


class Sweep(Executions):
    """The usage of one sweep that the schedule starts: an execution, and one more for each 200 other projects."""

    def __init__(self, stack: Stack, executions: Iterable[list[Visit]]) -> None:
        super().__init__(stack, stack.sweep, executions)
        self._add({Price.SCHEDULED: Decimal(1)})


def use_of_state(stack: Stack, state: dict[str, Any]) -> Usage:
    """The usage of a state without its transition. Raises ValueError for a task that has no price here."""
    if state["Type"] != "Task":
        return {}
    resource = state["Resource"].removeprefix("arn:aws:states:::")
    if resource not in TASKS:
        raise ValueError(f"{__name__} has no price for {resource}. Add one to its TASKS.")
    return TASKS[resource](stack, state)


def metrics_of(stack: Stack, visit: Visit, state: dict[str, Any]) -> set[str]:
    """The names of the custom metrics that a state sends."""
    if not state.get("Resource", "").endswith(":lambda:invoke"):
        return set()
    age_sent_from = stack.environment_of(state).get("AGE_SENT_FROM_SECONDS")
    age = {EXECUTION_AGE} if age_sent_from and visit.seconds >= float(age_sent_from) else set()
    outcomes = {f"{OUTCOMES} {visit.answer} none"} if visit.answer in UNREPORTED else set()
    return {metric.format(answer=visit.answer) for metric in FUNCTION_METRICS.get(visit.state, ())} | age | outcomes


def _invocation(stack: Stack, state: dict[str, Any]) -> Usage:
    name = stack.function_of(state)
    memory = Decimal(stack.of("AWS::Lambda::Function")[name]["MemorySize"])
    usage = {Price.INVOCATION: Decimal(1), Price.GB_SECOND: SECONDS_BILLED * memory / 1024, **_logs(stack, LOG_KB)}
    for call in stack.calls_of(name):
        usage |= _use_of_call(call)
    return {**usage, **(_kept_page(stack) if Price.PUT in usage else {})}


def _use_of_call(call: str) -> Usage:
    if call not in OWN_CALLS and not re.fullmatch(FREE_CALLS, call):
        raise ValueError(f"{__name__} has no price for {call}. Add one to its OWN_CALLS.")
    return OWN_CALLS.get(call, {})


def _publish(stack: Stack, state: dict[str, Any]) -> Usage:
    """One message to the topic, and an e-mail to each address that is subscribed to it."""
    topic = state["Arguments"]["TopicArn"].rsplit(":", 1)[-1]
    subscriptions = [s for s in stack.of("AWS::SNS::Subscription").values() if s["TopicArn"] == {"Ref": topic}]
    emails = [s for s in subscriptions if s["Protocol"] in ("email", "email-json")]
    return {Price.PUBLISH: Decimal(1), Price.EMAIL: Decimal(len(emails))}


def _event(_stack: Stack, state: dict[str, Any]) -> Usage:
    """The events. No rule of the stack listens to them."""
    return {Price.EVENT: Decimal(len(state["Arguments"]["Entries"]))}


def _start(_stack: Stack, _state: dict[str, Any]) -> Usage:
    """A call of Step Functions costs its transition only. The execution that it starts has a cost of its own."""
    return {}


TASKS: dict[str, Callable[[Stack, dict[str, Any]], Usage]] = {
    "lambda:invoke": _invocation,
    "events:putEvents": _event,
    "sns:publish": _publish,
    "aws-sdk:sfn:startExecution": _start,
}


def _logs(stack: Stack, kilobytes: int) -> Usage:
    days = [Decimal(group["RetentionInDays"]) for group in stack.of("AWS::Logs::LogGroup").values()]
    gigabytes = kilobytes / KB_A_GB
    return {Price.LOG: gigabytes, Price.LOG_STORAGE: gigabytes * max(days) / DAYS_A_MONTH}


def _logs_of_states(stack: Stack, states: int) -> Usage:
    """Raises ValueError if a state machine does not log everything, which has no price here."""
    if any(machine["LoggingConfiguration"]["Level"] != "ALL" for machine in stack.machines):
        raise ValueError(f"{__name__} has no price for a state machine that does not log everything. Add one there.")
    return _logs(stack, EVENTS_KB * states)


def _trace(stack: Stack) -> Usage:
    """One trace for each execution. Raises ValueError if executions are not traced."""
    if not all(machine["TracingConfiguration"]["Enabled"] for machine in stack.machines):
        raise ValueError(f"{__name__} has no price for executions that are not traced. Add one there.")
    return {Price.TRACE: Decimal(1)}


def _kept_record(stack: Stack) -> Usage:
    (table,) = stack.of("AWS::DynamoDB::Table").values()
    months = RECORD_KB / KB_A_GB * RECORDS_KEPT
    backed_up = table.get("PointInTimeRecoverySpecification", {}).get("PointInTimeRecoveryEnabled")
    return {Price.TABLE_STORAGE: months, Price.TABLE_BACKUP: months if backed_up else Decimal(0)}


def _kept_page(stack: Stack) -> Usage:
    (bucket,) = stack.of("AWS::S3::Bucket").values()
    (days,) = {rule["ExpirationInDays"] for rule in bucket["LifecycleConfiguration"]["Rules"]}
    return {Price.PAGE_STORAGE: PAGE_KB / KB_A_GB * days / DAYS_A_MONTH}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
