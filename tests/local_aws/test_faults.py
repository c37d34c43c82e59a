"""Faults as data: which are possible, and which calls they match."""

import json
from typing import Any

import pytest

from local.faults.apis import error_answer
from local.faults.fault import Fault, read_fault
from local.faults.matcher import Call, Faults

DESCRIBE = "rekognition:DescribeDataset"
CLAIM = "state:Claim pair"
RULE = "events:StartExecution"

REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"error": "E"}, "A fault must be an object with a member 'call', not {'error': 'E'}."),
    ({"call": DESCRIBE, "eror": "E"}, "A fault has no member 'eror'; its members are call, error, message, after,"),
    (
        {"call": "DescribeDataset", "cut": True},
        "The call 'DescribeDataset' is not valid: give service:Operation, state:NAME or",
    ),
    ({"call": "s3:GetObject", "cut": True}, "; the services are rekognition, dynamodb, sns, sqs, events,"),
    ({"call": "state:", "error": "E"}, "The call 'state:' is not valid: give"),
    ({"call": "rekognition:Describe", "cut": True}, "is not valid: rekognition has no operation 'Describe'."),
    ({"call": 1, "cut": True}, "call must be text, not 1."),
    ({"call": DESCRIBE}, f"This fault changes nothing of '{DESCRIBE}': give error or cut or kill or show or seconds."),
    ({"call": RULE}, f"This fault changes nothing of '{RULE}': give error."),
    ({"call": CLAIM, "after": True}, f"This fault changes nothing of '{CLAIM}': give error or seconds."),
    (
        {"call": DESCRIBE, "error": "E", "cut": True},
        "A fault can have one of error, cut, kill, show, not error and cut.",
    ),
    ({"call": DESCRIBE, "cut": True, "message": "m"}, "message is not possible without error: give error, too."),
    (
        {"call": DESCRIBE, "kill": True, "who": "anyone"},
        "kill is not possible for 'anyone', because only functions have a process: leave who at 'lambda'.",
    ),
    ({"call": DESCRIBE, "error": "E", "after": 1}, "after must be true or false, not 1."),
    ({"call": DESCRIBE, "error": None}, "error must be text, not None."),
    ({"call": DESCRIBE, "error": "E", "skip": -1}, "skip must be a whole number, 0 or more, not -1."),
    ({"call": DESCRIBE, "error": "E", "times": 1.5}, "times must be a whole number, 0 or more, not 1.5."),
    ({"call": DESCRIBE, "error": "E", "times": True}, "times must be a whole number, 0 or more, not True."),
    ({"call": DESCRIBE, "seconds": float("nan")}, "seconds must be a number, 0 or more, not nan."),
    ({"call": DESCRIBE, "seconds": "1"}, "seconds must be a number, 0 or more, not '1'."),
    ({"call": DESCRIBE, "error": "E", "who": "me"}, "who must be one of 'lambda', 'anyone', not 'me'."),
    ({"call": DESCRIBE, "error": "E", "dataset": "TRAIN"}, "dataset must be one of '', 'train', 'test', not 'TRAIN'."),
    ({"call": DESCRIBE, "show": "Status"}, "show must be an object, not 'Status'."),
    (
        {"call": DESCRIBE, "show": {"status": "X"}},
        "A dataset's description has no 'status'; its members are Creation",
    ),
    (
        {"call": "rekognition:DescribeProjects", "show": {"Status": "X"}},
        f"show is possible for '{DESCRIBE}' only, not for",
    ),
    (
        {"call": "rekognition:DescribeProjects", "cut": True, "dataset": "test"},
        "dataset is not possible for 'rekognition:DescribeProjects', because the call does not name one dataset.",
    ),
    ({"call": CLAIM, "cut": True}, f"cut is not possible for '{CLAIM}'."),
    ({"call": CLAIM, "error": "E", "who": "anyone"}, f"who is not possible for '{CLAIM}'."),
    ({"call": RULE, "error": "E", "seconds": 1}, f"seconds is not possible for '{RULE}'."),
]


@pytest.mark.parametrize(("given", "sentence"), REFUSED, ids=[str(given) for given, _ in REFUSED])
def test_an_impossible_fault_is_an_error_of_one_sentence(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]*\.$") as error:
        read_fault(given)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(DESCRIBE, error="ThrottlingException", dataset="test", skip=2, times=0, message="m", who="anyone"),
        Fault(DESCRIBE, show={"Status": "MERGE_IN_PROGRESS", "StatusMessage": None}, after=True),
        Fault("rekognition:DistributeDatasetEntries", kill=True, after=True, seconds=0.5),
        Fault("states:StartExecution", cut=True),
        Fault(CLAIM, seconds=1),
        Fault(RULE, error="E"),
    ],
)
def test_a_fault_survives_json(fault: Fault) -> None:
    assert read_fault(json.loads(json.dumps(fault.as_json()))) == fault


def test_json_omits_members_with_their_default() -> None:
    assert Fault(DESCRIBE, cut=True, times=1).as_json() == {"call": DESCRIBE, "cut": True}


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault(DESCRIBE, error="E"), False),
        (Fault(DESCRIBE, cut=True), False),
        (Fault(DESCRIBE, kill=True), False),
        (Fault(DESCRIBE, error="E", after=True), True),
        (Fault(DESCRIBE, seconds=1), True),
        (Fault(DESCRIBE, show={"Status": "X"}), True),
    ],
)
def test_a_call_takes_effect_unless_it_fails_before(fault: Fault, expected: bool) -> None:
    assert fault.takes_effect == expected


def first() -> Fault:
    return Fault(DESCRIBE, error="First")


@pytest.mark.parametrize(
    ("faults", "calls", "matched"),
    [
        ([first()], 3, ["First", "", ""]),
        ([Fault(DESCRIBE, error="E", skip=1, times=2)], 5, ["", "E", "E", "", ""]),
        ([Fault(DESCRIBE, error="E", times=0)], 3, ["E", "E", "E"]),
        ([Fault(DESCRIBE, error="E", skip=2, times=0)], 4, ["", "", "E", "E"]),
        ([first(), Fault(DESCRIBE, error="Second")], 3, ["First", "Second", ""]),
        ([first(), Fault(DESCRIBE, error="Second", skip=1)], 4, ["First", "", "Second", ""]),
        ([Fault(DESCRIBE, error="Never", times=1, skip=9), first()], 2, ["First", ""]),
        ([Fault("rekognition:ListDatasetEntries", error="Other")], 2, ["", ""]),
        ([], 1, [""]),
    ],
)
def test_a_fault_matches_as_many_calls_as_it_says(faults: list[Fault], calls: int, matched: list[str]) -> None:
    in_force = Faults()
    in_force.replace(faults)
    found = [in_force.match(Call(DESCRIBE)) for _ in range(calls)]
    assert [fault.error if fault else "" for fault in found] == matched
    assert [count for _, count in in_force.match_counts()] == [matched.count(fault.error) for fault in faults]


@pytest.mark.parametrize(
    ("fault", "call", "expected"),
    [
        (Fault(DESCRIBE, cut=True), Call(DESCRIBE, by_function=False), False),
        (Fault(DESCRIBE, cut=True, who="anyone"), Call(DESCRIBE, by_function=False), True),
        (Fault(DESCRIBE, cut=True, who="anyone"), Call(DESCRIBE), True),
        (Fault(DESCRIBE, cut=True, dataset="train"), Call(DESCRIBE, dataset="train"), True),
        (Fault(DESCRIBE, cut=True, dataset="train"), Call(DESCRIBE, dataset="test"), False),
        (Fault(DESCRIBE, cut=True, dataset="train"), Call(DESCRIBE), False),
        (Fault(DESCRIBE, cut=True), Call(DESCRIBE, dataset="test"), True),
        (Fault(CLAIM, error="E"), Call("state:Claim"), False),
    ],
)
def test_a_fault_matches_by_caller_and_dataset(fault: Fault, call: Call, expected: bool) -> None:
    in_force = Faults()
    in_force.replace([fault])
    assert (in_force.match(call) == fault) == expected


def test_new_faults_count_from_zero() -> None:
    faults = Faults()
    faults.replace([first()])
    assert faults.match(Call(DESCRIBE))
    faults.replace([first()])
    assert faults.match_counts() == [(first(), 0)]
    assert faults.match(Call(DESCRIBE))


@pytest.mark.parametrize(
    ("service", "error", "status", "body"),
    [
        ("rekognition", "InvalidParameterException", 400, b'{"__type": "InvalidParameterException", "message": "m"}'),
        ("rekognition", "InternalServerError", 500, b'{"__type": "InternalServerError", "message": "m"}'),
        ("rekognition", "ThrottlingException", 500, b'{"__type": "ThrottlingException", "message": "m"}'),
        ("rekognition", "ServiceUnavailable", 503, b""),
        ("rekognition", "FutureException", 400, b'{"__type": "FutureException", "message": "m"}'),
        ("dynamodb", "ThrottlingException", 400, b'{"__type": "ThrottlingException", "message": "m"}'),
        ("dynamodb", "InternalServerError", 500, b'{"__type": "InternalServerError", "message": "m"}'),
        ("sns", "ThrottledException", 429, b"<Code>Throttled</Code><Message>m</Message>"),
        ("sns", "InternalErrorException", 500, b"<Code>InternalError</Code><Message>m</Message>"),
    ],
)
def test_an_error_has_the_form_of_its_service(service: str, error: str, status: int, body: bytes) -> None:
    answered, _, content = error_answer(service, error, "m")
    assert (answered, body in content) == (status, True)
    assert bool(content) == bool(body)
