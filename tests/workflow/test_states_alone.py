"""TestState runs each state of the deployed definition alone, as its role, and shows the state that follows."""

import json
from typing import Any

import pytest

from account.verify.states import CASES, StateCase, find_following
from lambdas.rules.failures.ending import DETAIL_TYPES
from lambdas.rules.pair import FAILED
from local.aws import LocalAws
from tests.support.executions import Subscriber, only
from tests.support.roles import deny_action, find_role_name
from tests.support.workbench import Workbench, images

NOTHING: dict[str, Any] = {"pair": {}, "claim": {}, "attempt": {}, "ending": {}}
ENDING = {"Outcome": FAILED, "Error": "Some", "Cause": "because"}
REPORT: dict[str, Any] = {
    "Subject": "A subject",
    "Notice": '{"Outcome": "FAILED"}',
    "Mail": "A mail",
    "Chat": "{}",
    "DetailType": DETAIL_TYPES[FAILED],
    "Attributes": {"outcome": FAILED, "project": "any", "error": "Some", "startedBy": "PERSON"},
    "WithoutEvent": {"Mail": "A mail without an event"},
}
ALL = {**NOTHING, "ending": ENDING, "report": REPORT}


class States:
    """The states of the deployed definition."""

    def __init__(self, aws: LocalAws, arn: str) -> None:
        self._stepfunctions = aws.client("stepfunctions")
        found = self._stepfunctions.describe_state_machine(stateMachineArn=arn)
        self.text, self._role = found["definition"], found["roleArn"]
        self.definition: dict[str, Any] = json.loads(self.text)["States"]

    def run(self, state: str, variables: dict[str, Any], given: Any = None, **more: Any) -> dict[str, Any]:
        """The answer of TestState. It has tried the state as often as any Retry allows."""
        answer: dict[str, Any] = self._stepfunctions.test_state(
            definition=self.text,
            stateName=state,
            roleArn=self._role,
            input=json.dumps(given),
            variables=json.dumps(variables),
            inspectionLevel="DEBUG",
            stateConfiguration={"retrierRetryCount": 100},
            **more,
        )
        return answer


@pytest.fixture(scope="module")
def states(local_aws: LocalAws, stack: dict[str, str]) -> States:
    return States(local_aws, stack["StateMachineArn"])


@pytest.fixture
def resolved(states: States, bench: Workbench, project: str) -> dict[str, Any]:
    """The variables after *Resolve datasets*, of a pair that can be distributed."""
    bench.aws.configure(event_copies=0)
    bench.pair(project, images(10))
    answer = states.run("Resolve datasets", NOTHING, {"ProjectArn": project})
    assert following(answer) == ("SUCCEEDED", "Anything to do?")
    variables: dict[str, Any] = variables_of(answer)
    return variables


def following(answer: dict[str, Any]) -> tuple[str, str | None]:
    return answer["status"], answer.get("nextState")


def variables_of(answer: dict[str, Any]) -> Any:
    return json.loads(answer["inspectionData"]["variables"])


def test_the_deployed_definition_is_valid(local_aws: LocalAws, states: States) -> None:
    found = local_aws.client("stepfunctions").validate_state_machine_definition(definition=states.text)
    assert (found["result"], found["diagnostics"]) == ("OK", [])


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.state} → {case.following}")
def test_a_state_leads_to_the_following_state(local_aws: LocalAws, states: States, case: StateCase) -> None:
    answer = local_aws.client("stepfunctions").test_state(definition=states.text, **case.request)
    assert find_following(answer) == case.following


def test_the_cases_reach_each_state_that_can_follow_a_choice(states: States) -> None:
    of_definition = {
        name: {state["Default"], *(choice["Next"] for choice in state["Choices"])}
        for name, state in states.definition.items()
        if state["Type"] == "Choice"
    }
    tried = {name: {case.following for case in CASES if case.state == name} for name in of_definition}
    assert tried == of_definition


def test_resolve_datasets_catches_bad_input(states: States) -> None:
    answer = states.run("Resolve datasets", NOTHING, {"ProjectName": 7})
    assert (answer["error"], *following(answer)) == ("InvalidInput", "CAUGHT_ERROR", "Report outcome")
    assert variables_of(answer)["ending"]["Error"] == "InvalidInput"


def test_the_role_of_the_state_machine_counts(local_aws: LocalAws, states: States) -> None:
    with deny_action(local_aws, find_role_name(local_aws, "WorkflowRole"), "lambda:InvokeFunction"):
        answer = states.run("Resolve datasets", NOTHING, {"ProjectName": "any"})
    assert (answer["error"], *following(answer)) == ("Lambda.AWSLambdaException", "CAUGHT_ERROR", "Report outcome")


def test_the_functions_of_a_claimed_pair_run(states: States, resolved: dict[str, Any]) -> None:
    """Each test has an execution of its own, so all but the first have lost the claim."""
    claimed = states.run("Claim pair", resolved)
    assert following(claimed) == ("SUCCEEDED", "Pair claimed?")
    variables = variables_of(claimed)
    assert variables["pair"]["Action"] == "DISTRIBUTE"
    for state in ("Start distribution", "Report outcome"):
        answer = states.run(state, {**variables, "ending": ENDING})
        assert (answer["error"], *following(answer)) == ("ClaimLost", "CAUGHT_ERROR", "Claim pair")
        assert variables_of(answer)["claim"] == {}
    checked = states.run("Check distribution", variables)
    assert following(checked) == ("SUCCEEDED", "Distribution finished?")
    assert variables_of(checked)["verdict"] == "IN_PROGRESS"


@pytest.mark.parametrize(
    ("state", "text", "expected"),
    [
        ("Notify people", REPORT["Notice"], "Notify chat"),
        ("Notify in plain words", "Error: Some", "Success or failure?"),
    ],
)
def test_people_receive_the_message(
    states: States, subscriber: Subscriber, state: str, text: str, expected: str
) -> None:
    assert following(states.run(state, ALL)) == ("SUCCEEDED", expected)
    assert text in only(subscriber.receive_all()).message


@pytest.mark.parametrize(
    ("state", "expected"), [("Send completion event", "Notify people"), ("Notify chat", "Success or failure?")]
)
def test_programs_and_chat_are_sent_to(states: States, state: str, expected: str) -> None:
    assert following(states.run(state, ALL)) == ("SUCCEEDED", expected)


@pytest.mark.parametrize(
    ("state", "payload", "expected"),
    [
        ("Resolve datasets", {"Action": "WAIT"}, {"pair": {"Action": "WAIT"}}),
        ("Claim pair", {"Pair": {"a": 1}, "Claim": {"b": 2}, "Attempt": {"c": 3}}, {"claim": {"b": 2}}),
        ("Start distribution", {"WaitSeconds": 10}, {"attempt": {"WaitSeconds": 10}}),
        ("Check distribution", {"Verdict": "COMPLETE", "Attempt": {}, "Ending": ENDING}, {"verdict": "COMPLETE"}),
        ("Report outcome", {**REPORT, "Ending": ENDING}, {"report": {**REPORT, "Ending": ENDING}, "ending": ENDING}),
    ],
)
def test_a_result_becomes_variables(
    states: States, state: str, payload: dict[str, Any], expected: dict[str, Any]
) -> None:
    answer = states.run(state, ALL, mock={"result": json.dumps({"StatusCode": 200, "Payload": payload})})
    assert following(answer) == ("SUCCEEDED", states.definition[state]["Next"])
    assert variables_of(answer).items() >= expected.items()
