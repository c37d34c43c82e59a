"""The seven promises, checked against the internal state of the service. A check yields a sentence for a violation."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from lambdas.rules.failures.ending import NOBODY_NOTIFIED, WHAT_TO_DO
from local.custom_labels.settings import ACCEPT
from tests.campaign.observations import Ending, Observations, ObservedExecution
from tests.campaign.scenario import Scenario
from tests.support.deadlines import DEADLINE
from tests.support.notices import read_notice

LONGEST_HISTORY = 25_000  # events
DEFECTS = ("States.Runtime", "States.QueryEvaluationError", "States.DataLimitExceeded", "States.NoChoiceMatched")
NOT_RECORDED = "The record could not be completed"
SEND_EVENT_STATE = "Send completion event"
NOTIFY_STATES = ("Notify people", "Notify in plain words")
READ_BY_NOTIFY_ENDING = ("dynamodb:GetItem", "states:DescribeExecution")
WITHOUT_NOTIFICATION = ("SKIPPED", "ALREADY_DISTRIBUTED")
Violations = Iterator[str]


def find_violations(scenario: Scenario, observed: Observations) -> list[str]:
    """A sentence for each violation of a promise. It begins with the promise."""
    return [f"{promise}: {violation}" for promise, check in PROMISES.items() for violation in check(scenario, observed)]


def _check_ends(_scenario: Scenario, observed: Observations) -> Violations:
    yield from (f"{arn} does not end" for arn in observed.unended)
    for execution in observed.executions:
        if execution.event_count >= LONGEST_HISTORY:
            yield f"{execution.arn} has {execution.event_count} events"
        for ending in execution.endings:
            if ending.status == "TIMED_OUT":
                yield f"{execution.arn} reached the timeout of the state machine"
            if ending.error in DEFECTS:
                yield f"{execution.arn} has a defect: {ending.error}: {ending.cause}"


def _check_entries(_scenario: Scenario, observed: Observations) -> Violations:
    distributions = Counter(_distributed_test_datasets(observed.internal_state))
    yield from (f"{arn} received {times} distributions" for arn, times in distributions.items() if times > 1)
    datasets = [*_existing_datasets(observed.internal_state), *observed.internal_state["deleted"]]
    found = Counter(ref for dataset in datasets for ref in dataset["source_refs"])
    expected = Counter(observed.images)
    if found != expected:
        yield f"the entries are {sorted(found.elements())}, not {sorted(expected.elements())}"


def _check_distributed(_scenario: Scenario, observed: Observations) -> Violations:
    distributed = _distributed_test_datasets(observed.internal_state)
    for execution in observed.executions:
        for ending in execution.endings:
            if ending.outcome in ("DISTRIBUTED", "ALREADY_DISTRIBUTED") and not distributed:
                yield f"{execution.arn} says {ending.outcome}, but nothing was distributed"
            if ending.error == "DistributionFailed" and not _failed_distributions(observed.internal_state):
                yield f"{execution.arn} says that Rekognition failed, but it did not: {ending.cause}"
            if _hides_success(execution, ending, observed):
                yield f"{execution.arn} fails with {ending.error}, but the pair was distributed"
        if "DISTRIBUTED" in execution.completions and not distributed:
            yield f"{execution.arn} sends the completion event of a success, but nothing was distributed"
    if observed.record.get("Outcome") == "DISTRIBUTED" and not distributed:
        yield "the record says DISTRIBUTED, but nothing was distributed"


def _check_notifications(scenario: Scenario, observed: Observations) -> Violations:
    duplicates_allowed = any(_notifies(fault.call) and fault.after and times for fault, times in observed.fault_counts)
    for execution in observed.executions:
        expected = Counter(_expected_outcomes(execution))
        notified = Counter(_read_outcome(message) for message in execution.messages)
        extra = (notified - expected).total()
        extra_allowed = duplicates_allowed or (extra == 1 and _may_repeat_notification(execution))
        if expected - notified - _may_be_lost(scenario, execution, observed) or (extra and not extra_allowed):
            endings = [_describe(ending) for ending in execution.endings]
            yield f"{execution.arn} ended as {endings}, but the notifications are {dict(notified)}"
        if not any(SEND_EVENT_STATE in fault.call and times for fault, times in observed.fault_counts):
            yield from _check_completion_events(execution)
    yield from (f"a message names no execution: {message}" for message in observed.unassigned_messages)


def _check_completion_events(execution: ObservedExecution) -> Violations:
    """An aborted execution is not checked: it may have been aborted before or after it sent the event."""
    if all(ending.status != "ABORTED" for ending in execution.endings):
        sent = execution.states.count(SEND_EVENT_STATE)
        expected = set(_expected_outcomes(execution))
        if len(execution.completions) != sent or not set(execution.completions) <= expected:
            yield f"{execution.arn} sent {sent} completion events, but these arrived: {execution.completions}"


def _check_failures(_scenario: Scenario, observed: Observations) -> Violations:
    for execution in observed.executions:
        for ending in execution.endings:
            if ending.status == "FAILED" and not (ending.error and WHAT_TO_DO in ending.cause):
                yield f"{execution.arn} fails with {ending.error!r}, but its cause is {ending.cause!r}"
        for message in execution.messages:
            if _read_outcome(message) != "DISTRIBUTED" and not read_notice(message)["Advice"]:
                yield f"a message does not say what to do: {message!r}"


def _check_last_execution(scenario: Scenario, observed: Observations) -> Violations:
    if not observed.last.endings:
        return
    ending = observed.last.endings[-1]
    result = ending.outcome or ending.error
    expected = _expected_results(scenario, observed)
    if result not in expected:
        cause = ending.cause or ending.reason
        yield f"the last execution ended as {result} ({cause}), not as {' or '.join(expected)}"
    if result in ("DISTRIBUTED", "ALREADY_DISTRIBUTED") and observed.record.get("Outcome") != "DISTRIBUTED":
        yield f"the last execution ended as {result}, but the record says {observed.record}"


def _check_forgotten(scenario: Scenario, observed: Observations) -> Violations:
    """After a sweep, a pair that nobody has edited is distributed, unless an execution ended without success."""
    datasets = {each["type"]: each for each in _existing_datasets(observed.state_before_last)}
    ready = set(datasets) == {"TRAIN", "TEST"} and {each["status"] for each in datasets.values()} == {"CREATE_COMPLETE"}
    before = [each for each in observed.executions if each is not observed.last]
    failed = any(ending.status != "SUCCEEDED" for each in before for ending in each.endings)
    if scenario.sweeps and ready and not failed and datasets["TRAIN"]["source_refs"]:
        yield f"the sweep left the pair {[each['arn'] for each in datasets.values()]} as it was created"


PROMISES: dict[str, Callable[[Scenario, Observations], Violations]] = {
    "1 every execution ends": _check_ends,
    "2 at most one distribution, and no entry is lost": _check_entries,
    "3 DISTRIBUTED is true": _check_distributed,
    "4 each outcome is notified once": _check_notifications,
    "5 a failure says what to do": _check_failures,
    "6 a new execution ends correctly": _check_last_execution,
    "7 no pair is forgotten": _check_forgotten,
}


def _existing_datasets(internal_state: dict[str, Any]) -> list[dict[str, Any]]:
    return [dataset for datasets in internal_state["projects"].values() for dataset in datasets]


def _distributed_test_datasets(internal_state: dict[str, Any]) -> list[str]:
    """The ARN of the test dataset of each distribution that moved entries."""
    pairs = (each["datasets"] for each in internal_state["distributions"] if each["moved"])
    return [arn for pair in pairs for arn in pair if "/dataset/test/" in arn]


def _failed_distributions(internal_state: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in internal_state["distributions"] if not each["moved"]]


def _hides_success(execution: ObservedExecution, ending: Ending, observed: Observations) -> bool:
    """Whether the execution reports an error of the start although the call took effect.

    After the report another execution may distribute the pair, and a redrive may end this one once more. If nobody
    could be notified, the error is that of the notification, and the cause has the outcome.
    """
    if ending.status != "FAILED" or ending.error.startswith("Distribution") or NOBODY_NOTIFIED in ending.cause:
        return False
    accepted = [each["accepted"] for each in observed.internal_state["distributions"] if each["moved"]]
    after_poll = ("Distribution finished?", "Report outcome")
    reported = [at for (before, _), (state, at) in pairwise(execution.entered) if (before, state) == after_poll]
    return bool(reported) and any(moment < reported[-1] for moment in accepted)


def _expected_outcomes(execution: ObservedExecution) -> Iterator[str]:
    """The outcomes that the execution must notify people of, one for each ending."""
    failed_before = False
    for ending in execution.endings:
        if ending.status == "FAILED" and failed_before and NOBODY_NOTIFIED not in ending.cause:
            continue  # a redrive of the state Failed ends in the same failure again
        failed_before = ending.status == "FAILED"
        if ending.outcome not in WITHOUT_NOTIFICATION:
            yield ending.outcome or ending.status


def _may_repeat_notification(execution: ObservedExecution) -> bool:
    """Whether the execution was aborted and entered a state that notifies: SNS may have sent the message before."""
    aborted = any(each.status == "ABORTED" for each in execution.endings)
    return aborted and any(_notifies(state) for state in execution.states)


def _may_be_lost(scenario: Scenario, execution: ObservedExecution, observed: Observations) -> Counter[str]:
    """The ends before a redrive, if their events were lost, or notify_ending could not read what it needs."""
    unread = any(fault.call in READ_BY_NOTIFY_ENDING and times for fault, times in observed.fault_counts)
    if not (unread or scenario.endings_lost):
        return Counter()
    return Counter(ending.status for ending in execution.endings[:-1])


def _notifies(state: str) -> bool:
    return any(name in state for name in NOTIFY_STATES)


def _read_outcome(message: str) -> str:
    return str(read_notice(message)["Outcome"])


def _describe(ending: Ending) -> str:
    return ending.outcome or f"{ending.status} {ending.error}"


def _unreported_failure(observed: Observations) -> list[str]:
    """`DistributionFailed` if a distribution failed and no earlier execution both reported and recorded that.

    An earlier execution may have been aborted before it reported the failure. Then the next one reports it.
    """
    earlier = [each for each in observed.executions if each is not observed.last]
    reported = any(ending.error == "DistributionFailed" for each in earlier for ending in each.endings)
    recorded = not any(NOT_RECORDED in message for each in earlier for message in each.messages)
    failed = _failed_distributions(observed.state_before_last)
    return ["DistributionFailed"] if failed and not (reported and recorded) else []


def _expected_results(scenario: Scenario, observed: Observations) -> list[str]:
    """The outcomes and errors that are correct for the last execution, which a person starts."""
    datasets = {dataset["type"]: dataset for dataset in _existing_datasets(observed.state_before_last)}
    if set(datasets) != {"TRAIN", "TEST"}:
        return ["DatasetMissing"]
    train, test = datasets["TRAIN"], datasets["TEST"]
    if "CREATE_FAILED" in (train["status"], test["status"]):
        return ["DatasetCreationFailed"]
    if test["source_refs"]:
        ours = test["arn"] in _distributed_test_datasets(observed.state_before_last)
        if ours:
            return ["ALREADY_DISTRIBUTED", "DISTRIBUTED"]
        return ["TestDatasetNotEmpty", *_unreported_failure(observed)]
    if not train["source_refs"]:
        return ["TrainingDatasetEmpty"]
    refusal = scenario.settings.get("distribute_after_failed_update", ACCEPT)
    if refusal != ACCEPT and "UPDATE_FAILED" in (train["status"], test["status"]):
        return [refusal, "DistributionTimedOut", *_unreported_failure(observed)]
    min_per_label = scenario.settings.get("min_per_label", 2)
    labels = Counter(ref.rsplit("/", 1)[1].rpartition("-")[0] for ref in train["source_refs"])
    too_few = min(labels.values()) < min_per_label or len(train["source_refs"]) < 2
    if scenario.settings.get("distribution_seconds", 0) > DEADLINE:
        return ["DistributionTimedOut", "DistributionFailed"] if too_few else ["DistributionTimedOut"]
    return ["DistributionFailed"] if too_few else ["DISTRIBUTED"]
