"""One execution for each Retry and Catch of the definition: an error occurs for which this rule is the first match."""

from dataclasses import dataclass
from typing import Any

import pytest

from lambdas.rules.failures.table import UNKNOWN
from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import Execution, Executions
from tests.support.workbench import Workbench
from tests.workflow.preparations import choose_preparation, list_needed_faults
from tools.docs.template import render_definition

OTHER_ERROR = "Unforeseen"
FAILURE_DETAILS = "taskFailedEventDetails"


@dataclass(frozen=True)
class Rule:
    """One Retry or Catch of a state, and an error for which it is the first match."""

    state: str
    kind: str
    position: int
    error: str

    def __str__(self) -> str:
        return f"{self.state} {self.kind} {self.position}"


def list_rules() -> list[Rule]:
    return [
        Rule(name, kind, position, _choose_error(state[kind], position))
        for name, state in STATES.items()
        for kind in ("Retry", "Catch")
        for position in range(len(state.get(kind, [])))
    ]


def _choose_error(rules: list[dict[str, Any]], position: int) -> str:
    earlier = {error for rule in rules[:position] for error in rule["ErrorEquals"]}
    own = next(error for error in rules[position]["ErrorEquals"] if error not in earlier)
    return OTHER_ERROR if own in UNKNOWN.errors else str(own)


STATES: dict[str, dict[str, Any]] = render_definition()["States"]


@pytest.mark.parametrize("rule", list_rules(), ids=str)
def test_each_rule_retries_or_catches_its_error(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, rule: Rule
) -> None:
    local_aws.configure(event_copies=0)
    local_aws.follow_waits(True)
    start = choose_preparation(rule.state)(bench, project, executions)
    tries = 1 + _count_retries(rule)
    local_aws.inject(Fault(f"state:{rule.state}", error=rule.error, times=tries), *list_needed_faults(rule.state))
    execution = executions.wait_until_ended(start())
    assert local_aws.match_counts()[0] == tries
    failed, following = _read_first_visit(execution, rule.state)
    assert failed == [rule.error] * tries
    assert following == _find_next_state(rule)


def _count_retries(rule: Rule) -> int:
    matching = [retry for retry in STATES[rule.state]["Retry"] if _matches_error(retry, rule.error)]
    return int(matching[0]["MaxAttempts"])


def _find_next_state(rule: Rule) -> str:
    catches = [catch for catch in STATES[rule.state]["Catch"] if _matches_error(catch, rule.error)]
    return str(catches[0]["Next"])


def _matches_error(rule: dict[str, Any], error: str) -> bool:
    return bool({error, "States.ALL"} & set(rule["ErrorEquals"]))


def _read_first_visit(execution: Execution, state: str) -> tuple[list[str], str]:
    """The errors of all tries in the first visit to the state, and the name of the state after it."""
    history = iter(execution.history())
    for event in history:
        if event.get("stateEnteredEventDetails", {}).get("name") == state:
            break
    errors: list[str] = []
    for event in history:
        errors += [event[FAILURE_DETAILS]["error"]] if FAILURE_DETAILS in event else []
        if "stateEnteredEventDetails" in event:
            return errors, str(event["stateEnteredEventDetails"]["name"])
    return errors, ""
