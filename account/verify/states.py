"""Each state of the workflow, run alone by TestState: what leads to each state that can follow it."""

import json
from dataclasses import dataclass, field
from typing import Any

Variables = dict[str, Any]
_ENDING: Variables = {"Outcome": "FAILED", "Error": "Some", "Cause": "because"}
_DISTRIBUTED: Variables = {"Outcome": "DISTRIBUTED", "Output": {}}
_REPORT: Variables = {
    "Subject": "A subject",
    "Notice": '{"Outcome": "FAILED"}',
    "Mail": "A mail",
    "Chat": "{}",
    "DetailType": "Dataset Distribution Failed",
    "Attributes": {"outcome": "FAILED", "project": "any", "error": "Some", "startedBy": "PERSON"},
    "WithoutEvent": {"Mail": "A mail without an event"},
}
_VARIABLES: Variables = {
    "pair": {"Output": {}, "Ending": _ENDING, "WaitSeconds": 0},
    "claim": {},
    "attempt": {"WaitSeconds": 0},
    "ending": _ENDING,
    "report": _REPORT,
}
_SENT = {"StatusCode": 200}


@dataclass(frozen=True)
class StateCase:
    """A state with its variables, and the result or error that its task is said to have."""

    state: str
    following: str
    """The next state; SUCCEEDED or FAILED if the execution ends."""
    variables: Variables = field(default_factory=dict)
    mock: dict[str, Any] = field(default_factory=dict)

    @property
    def request(self) -> dict[str, Any]:
        """The parameters of TestState, but for the definition. No retry is left."""
        mock = {"mock": {**self.mock, "fieldValidationMode": "NONE"}} if self.mock else {}
        return {
            "stateName": self.state,
            "input": "{}",
            "variables": json.dumps({**_VARIABLES, **self.variables}),
            "stateConfiguration": {"retrierRetryCount": 100},
            **mock,
        }


def _result(state: str, result: dict[str, Any], following: str) -> StateCase:
    return StateCase(state, following, mock={"result": json.dumps(result)})


def _payload(state: str, payload: dict[str, Any], following: str) -> StateCase:
    return _result(state, {**_SENT, "Payload": payload}, following)


def _error(state: str, error: str, following: str) -> StateCase:
    return StateCase(state, following, mock={"errorOutput": {"error": error, "cause": "because"}})


def _pair(state: str, following: str, **pair: Any) -> StateCase:
    return StateCase(state, following, {"pair": {**_VARIABLES["pair"], **pair}})


CASES = (
    StateCase("Begin", "Resolve datasets"),
    _payload("Resolve datasets", {"Action": "WAIT"}, "Anything to do?"),
    _error("Resolve datasets", "Sandbox.Timedout", "Report outcome"),
    _pair("Anything to do?", "Skipped", Action="SKIPPED", Claimed=False),
    _pair("Anything to do?", "Claim pair", Action="SKIPPED", Claimed=True),
    _pair("Anything to do?", "Already distributed", Action="ALREADY_DISTRIBUTED", Claimed=True),
    _pair("Anything to do?", "Dry run", Action="DRY_RUN", Claimed=False),
    _pair("Anything to do?", "Wait for datasets", Action="WAIT", Claimed=True),
    _pair("Anything to do?", "Claim pair", Action="WAIT", Claimed=False),
    _payload("Claim pair", {"Pair": {}, "Claim": {}, "Attempt": {}}, "Pair claimed?"),
    _error("Claim pair", "RecordsUnavailable", "Report outcome"),
    _pair("Pair claimed?", "Skipped", Action="SKIPPED"),
    _pair("Pair claimed?", "Already distributed", Action="ALREADY_DISTRIBUTED"),
    _pair("Pair claimed?", "Wait for datasets", Action="WAIT"),
    _pair("Pair claimed?", "Start distribution", Action="DISTRIBUTE"),
    _pair("Pair claimed?", "Wait before checking", Action="CHECK"),
    _pair("Pair claimed?", "Report outcome", Action="FAILED"),
    _pair("Pair claimed?", "Resolve datasets", Action="RESOLVE"),
    StateCase("Wait for datasets", "Resolve datasets"),
    _payload("Start distribution", {"WaitSeconds": 10}, "Wait before checking"),
    _error("Start distribution", "ClaimLost", "Claim pair"),
    _error("Start distribution", "PairChanged", "Resolve datasets"),
    _error("Start distribution", "AccessDeniedException", "Wait before checking"),
    StateCase("Wait before checking", "Check distribution"),
    _payload("Check distribution", {"Verdict": "COMPLETE", "Attempt": {}, "Ending": {}}, "Distribution finished?"),
    _error("Check distribution", "ThrottlingException", "Wait before checking"),
    _error("Check distribution", "ResourceNotFoundException", "Report outcome"),
    StateCase("Distribution finished?", "Wait before checking", {"verdict": "IN_PROGRESS"}),
    StateCase("Distribution finished?", "Resolve datasets", {"verdict": "NO_EFFECT"}),
    StateCase("Distribution finished?", "Report outcome", {"verdict": "COMPLETE"}),
    StateCase("Distribution finished?", "Report outcome", {"verdict": "FAILED"}),
    _payload("Report outcome", {**_REPORT, "Ending": _ENDING}, "Send completion event"),
    _error("Report outcome", "ClaimLost", "Claim pair"),
    _error("Report outcome", "Lambda.ResourceNotFoundException", "Notify in plain words"),
    _result("Send completion event", {"FailedEntryCount": 0, "Entries": []}, "Notify people"),
    _error("Send completion event", "EventBridge.InternalException", "Notify people"),
    _result("Notify people", {"MessageId": "1"}, "Notify chat"),
    _error("Notify people", "SNS.InvalidParameterException", "Notify in plain words"),
    _result("Notify chat", {"MessageId": "1"}, "Success or failure?"),
    _error("Notify chat", "SNS.NotFoundException", "Success or failure?"),
    _result("Notify in plain words", {"MessageId": "1"}, "Success or failure?"),
    _error("Notify in plain words", "SNS.NotFoundException", "Failed"),
    StateCase("Success or failure?", "Distributed", {"ending": _DISTRIBUTED}),
    StateCase("Success or failure?", "Failed"),
    _pair("Skipped", "SUCCEEDED"),
    _pair("Already distributed", "SUCCEEDED"),
    _pair("Dry run", "SUCCEEDED"),
    StateCase("Distributed", "SUCCEEDED", {"ending": _DISTRIBUTED}),
    StateCase("Failed", "FAILED"),
)


def find_following(answer: dict[str, Any]) -> str:
    """The state that follows by an answer of TestState, as a StateCase has it."""
    return str(answer.get("nextState") or answer["status"])
