"""The six promises, held against what the service itself knows. Each check yields what breaks its promise."""

from collections import Counter
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Any

from local.custom_labels.settings import ACCEPT
from tests.campaign.environment import Aftermath, Ending, Told
from tests.campaign.scenario import Scenario
from tests.support.deadlines import DEADLINE
from tests.support.notices import read_notice

LONGEST_HISTORY = 25_000
DEFECTS = ("States.Runtime", "States.QueryEvaluationError", "States.DataLimitExceeded", "States.NoChoiceMatched")
NOBODY_NOTIFIED = "Nobody could be notified:"
WHAT_TO_DO = "What to do: "
NOT_RECORDED = "The record could not be completed"
SENDING = "Send completion event"
NOTIFYING = ("Notify people", "Notify in plain words")
QUIET = ("SKIPPED", "ALREADY_DISTRIBUTED")
Violations = Iterator[str]


def violations(scenario: Scenario, after: Aftermath) -> list[str]:
    """What breaks a promise, in sentences; none is as it should be."""
    return [f"{promise}: {said}" for promise, check in PROMISES.items() for said in check(scenario, after)]


def _every_execution_ends(_scenario: Scenario, after: Aftermath) -> Violations:
    yield from (f"{arn} goes on and on" for arn in after.stuck)
    for execution in after.executions:
        if execution.events >= LONGEST_HISTORY:
            yield f"{execution.arn} has {execution.events} events"
        for ending in execution.endings:
            if ending.status == "TIMED_OUT":
                yield f"{execution.arn} did not keep its own deadlines"
            if ending.error in DEFECTS:
                yield f"{execution.arn} has a defect: {ending.error}: {ending.cause}"


def _one_distribution_and_no_entry_lost(_scenario: Scenario, after: Aftermath) -> Violations:
    taken = Counter(_effective(after.truth))
    yield from (f"{arn} was distributed into {times} times" for arn, times in taken.items() if times > 1)
    ever = [*_datasets(after.truth), *after.truth["deleted"]]
    found = Counter(ref for dataset in ever for ref in dataset["source_refs"])
    expected = Counter(after.images)
    if found != expected:
        yield f"there are {sorted(found.elements())}, not {sorted(expected.elements())}"


def _distributed_is_true(_scenario: Scenario, after: Aftermath) -> Violations:
    true = _effective(after.truth)
    for execution in after.executions:
        for ending in _concluded(execution):
            if ending.outcome in ("DISTRIBUTED", "ALREADY_DISTRIBUTED") and not true:
                yield f"{execution.arn} says {ending.outcome}, and nothing was distributed"
            if ending.error == "DistributionFailed" and not _failed(after.truth):
                yield f"{execution.arn} says that Rekognition failed, and it did not: {ending.cause}"
            if _hides_a_success(execution, ending, after):
                yield f"{execution.arn} fails with {ending.error}, and the pair was distributed"
        if "DISTRIBUTED" in execution.announced and not true:
            yield f"{execution.arn} sends the event of a success, and nothing was distributed"
    if after.record.get("Outcome") == "DISTRIBUTED" and not true:
        yield "the record says DISTRIBUTED, and nothing was distributed"


def _one_outcome_is_told(_scenario: Scenario, after: Aftermath) -> Violations:
    twice = any(_notifies(fault.call) and fault.after and struck for fault, struck in after.struck)
    for execution in after.executions:
        wanted = Counter(_told_of(execution))
        told = Counter(_outcome(message) for message in execution.messages)
        more = (told - wanted).total()
        if wanted - told or (more and not twice and not (more == 1 and _aborted_while_it_told(execution))):
            yield f"{execution.arn} ended as {[_short(e) for e in execution.endings]}, and {dict(told)} was told"
        if not any(SENDING in fault.call and struck for fault, struck in after.struck):
            yield from _events_not_as_sent(execution)
    yield from (f"a message names no execution: {message}" for message in after.unknown_messages)


def _events_not_as_sent(execution: Told) -> Violations:
    """Who is aborted while it sends may have sent it or not."""
    if all(ending.status != "ABORTED" for ending in execution.endings):
        sent = execution.states.count(SENDING)
        if len(execution.announced) != sent or not set(execution.announced) <= set(_told_of(execution)):
            yield f"{execution.arn} sent {sent} events, and they are {execution.announced}"


def _failures_say_what_to_do(_scenario: Scenario, after: Aftermath) -> Violations:
    for execution in after.executions:
        for ending in execution.endings:
            if ending.status == "FAILED" and not (ending.error and WHAT_TO_DO in ending.cause):
                yield f"{execution.arn} fails with {ending.error!r} and says: {ending.cause!r}"
        for message in execution.messages:
            if _outcome(message) != "DISTRIBUTED" and not read_notice(message)["Advice"]:
                yield f"a message does not say what to do: {message!r}"


def _a_new_execution_ends_in_the_truth(scenario: Scenario, after: Aftermath) -> Violations:
    if not after.last.endings:
        return
    ending = after.last.endings[-1]
    said = ending.outcome or ending.error
    wanted = _expected(scenario, after)
    if said not in wanted:
        yield f"the last execution ended as {said} ({ending.cause or ending.reason}), not {' or '.join(wanted)}"
    if said in ("DISTRIBUTED", "ALREADY_DISTRIBUTED") and after.record.get("Outcome") != "DISTRIBUTED":
        yield f"the last execution ended as {said}, and the record says {after.record}"


PROMISES: dict[str, Callable[[Scenario, Aftermath], Violations]] = {
    "1 every execution ends": _every_execution_ends,
    "2 one distribution, no entry lost": _one_distribution_and_no_entry_lost,
    "3 DISTRIBUTED is said if it is true": _distributed_is_true,
    "4 one outcome is told": _one_outcome_is_told,
    "5 a failure says what to do": _failures_say_what_to_do,
    "6 a new execution ends in the truth": _a_new_execution_ends_in_the_truth,
}


def _datasets(truth: dict[str, Any]) -> list[dict[str, Any]]:
    return [dataset for datasets in truth["projects"].values() for dataset in datasets]


def _effective(truth: dict[str, Any]) -> list[str]:
    """The test dataset of each distribution that took effect."""
    taken = (each["datasets"] for each in truth["distributions"] if each["moved"])
    return [arn for datasets in taken for arn in datasets if "/dataset/test/" in arn]


def _failed(truth: dict[str, Any]) -> list[dict[str, Any]]:
    return [each for each in truth["distributions"] if not each["moved"]]


def _hides_a_success(execution: Told, ending: Ending, after: Aftermath) -> bool:
    """An error of the start that was believed, though the call took effect."""
    if ending.status != "FAILED" or ending.error.startswith("Distribution"):
        return False
    accepted = [each["accepted"] for each in after.truth["distributions"] if each["moved"]]
    believed = ("Distribution finished?", "Report outcome") in pairwise(execution.states)
    return believed and any(moment < ending.at for moment in accepted)


def _concluded(execution: Told) -> Iterator[Ending]:
    """Without those of a red state that is redriven: it says again what went wrong, whatever has come since."""
    said = None
    for ending in execution.endings:
        words = (ending.error, ending.cause.partition(WHAT_TO_DO)[0])  # what to do then is something else
        if ending.status != "FAILED" or words != said:
            yield ending
        said = words if ending.status == "FAILED" else None


def _told_of(execution: Told) -> Iterator[str]:
    """The first word of each message that the endings of an execution deserve."""
    failed_before = False
    for ending in execution.endings:
        if ending.status == "FAILED" and failed_before and NOBODY_NOTIFIED not in ending.cause:
            continue  # the red state fails again when it is redriven
        failed_before = ending.status == "FAILED"
        if ending.outcome not in QUIET:
            yield ending.outcome or ending.status


def _aborted_while_it_told(execution: Told) -> bool:
    aborted = any(each.status == "ABORTED" for each in execution.endings)
    return aborted and any(_notifies(state) for state in execution.states)


def _notifies(state: str) -> bool:
    return any(name in state for name in NOTIFYING)


def _outcome(message: str) -> str:
    return str(read_notice(message)["Outcome"])


def _short(ending: Ending) -> str:
    return ending.outcome or f"{ending.status} {ending.error}"


def _not_yet_told(after: Aftermath) -> list[str]:
    """The failure of a distribution whose execution was aborted before it said so is the next one's to tell.

    So it is when an execution said it and could not record it.
    """
    earlier = [each for each in after.executions if each is not after.last]
    told = any(ending.error == "DistributionFailed" for each in earlier for ending in each.endings)
    recorded = not any(NOT_RECORDED in message for each in earlier for message in each.messages)
    return ["DistributionFailed"] if _failed(after.before_last) and not (told and recorded) else []


def _expected(scenario: Scenario, after: Aftermath) -> list[str]:
    """How one that is started by hand ends, after everything."""
    datasets = {dataset["type"]: dataset for dataset in _datasets(after.before_last)}
    if set(datasets) != {"TRAIN", "TEST"}:
        return ["DatasetMissing"]
    train, test = datasets["TRAIN"], datasets["TEST"]
    if "CREATE_FAILED" in (train["status"], test["status"]):
        return ["DatasetCreationFailed"]
    if test["source_refs"]:
        ours = test["arn"] in _effective(after.before_last)
        return ["ALREADY_DISTRIBUTED", "DISTRIBUTED"] if ours else ["TestDatasetNotEmpty", *_not_yet_told(after)]
    if not train["source_refs"]:
        return ["TrainingDatasetEmpty"]
    refused = scenario.settings.get("distribute_after_failed_update", ACCEPT)
    if refused != ACCEPT and "UPDATE_FAILED" in (train["status"], test["status"]):
        return [refused, "DistributionTimedOut", *_not_yet_told(after)]
    too_few = scenario.settings.get("min_per_label", 2)
    labels = Counter(ref.rsplit("/", 1)[1].rpartition("-")[0] for ref in train["source_refs"])
    few = min(labels.values()) < too_few or len(train["source_refs"]) < 2
    if scenario.settings.get("distribution_seconds", 0) > DEADLINE:
        return ["DistributionTimedOut", "DistributionFailed"] if few else ["DistributionTimedOut"]
    return ["DistributionFailed"] if few else ["DISTRIBUTED"]
