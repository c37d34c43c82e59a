"""Every Retry and Catch of the definition, each reached by an execution in which just what it names goes wrong."""

from dataclasses import dataclass
from typing import Any

import pytest

from lambdas.rules.failures import UNKNOWN
from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import Execution, Executions
from tests.support.workbench import Workbench
from tests.workflow.preparations import faults_before, way_to
from tools.docs.definition import render_definition

UNFORESEEN = "Unforeseen"
FAILED_TASK = "taskFailedEventDetails"


@dataclass(frozen=True)
class Rule:
    """One Retry or Catch of a state, and the error that it is the first to match."""

    state: str
    kind: str
    position: int
    error: str

    def __str__(self) -> str:
        return f"{self.state} {self.kind} {self.position}"


def rules() -> list[Rule]:
    return [
        Rule(name, kind, position, _own_error(state[kind], position))
        for name, state in STATES.items()
        for kind in ("Retry", "Catch")
        for position in range(len(state.get(kind, [])))
    ]


def _own_error(given: list[dict[str, Any]], position: int) -> str:
    earlier = {error for rule in given[:position] for error in rule["ErrorEquals"]}
    own = next(error for error in given[position]["ErrorEquals"] if error not in earlier)
    return UNFORESEEN if own in UNKNOWN.errors else str(own)


STATES: dict[str, dict[str, Any]] = render_definition()["States"]


@pytest.mark.parametrize("rule", rules(), ids=str)
def test_the_rule_does_what_it_says(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, rule: Rule
) -> None:
    local_aws.configure(event_copies=0)
    local_aws.follow_waits(True)
    start = way_to(rule.state)(bench, project, executions)
    tries = 1 + _more_tries(rule)
    local_aws.inject(Fault(f"state:{rule.state}", error=rule.error, times=tries), *faults_before(rule.state))
    execution = executions.wait_until_ended(start())
    assert local_aws.struck()[0] == tries
    failed, following = _first_visit(execution, rule.state)
    assert failed == [rule.error] * tries
    assert following == _leads_to(rule)


def _more_tries(rule: Rule) -> int:
    matching = [retry for retry in STATES[rule.state]["Retry"] if _matches(retry, rule.error)]
    return int(matching[0]["MaxAttempts"])


def _leads_to(rule: Rule) -> str:
    catches = [catch for catch in STATES[rule.state]["Catch"] if _matches(catch, rule.error)]
    return str(catches[0]["Next"])


def _matches(rule: dict[str, Any], error: str) -> bool:
    return bool({error, "States.ALL"} & set(rule["ErrorEquals"]))


def _first_visit(execution: Execution, state: str) -> tuple[list[str], str]:
    """The errors of the tries until it was left for the first time, and the state after it."""
    history = iter(execution.history())
    for event in history:
        if event.get("stateEnteredEventDetails", {}).get("name") == state:
            break
    errors: list[str] = []
    for event in history:
        errors += [event[FAILED_TASK]["error"]] if FAILED_TASK in event else []
        if "stateEnteredEventDetails" in event:
            return errors, str(event["stateEnteredEventDetails"]["name"])
    return errors, ""
