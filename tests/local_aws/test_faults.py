"""Faults as data: which are possible, and which calls they strike."""

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
    ({"error": "E"}, "A fault is an object with a member 'call', not {'error': 'E'}."),
    ({"call": DESCRIBE, "eror": "E"}, "There is no member 'eror' of a fault; there are call, error, message, after,"),
    ({"call": "DescribeDataset", "cut": True}, "The call is 'DescribeDataset'; give service:Operation, state:NAME or"),
    ({"call": "s3:GetObject", "cut": True}, "where the service is one of rekognition, dynamodb, sns, sqs, events,"),
    ({"call": "state:", "error": "E"}, "The call is 'state:'; give"),
    ({"call": "rekognition:Describe", "cut": True}, "but rekognition has no operation 'Describe'."),
    ({"call": 1, "cut": True}, "call is a text, not 1."),
    ({"call": DESCRIBE}, f"Nothing goes wrong with '{DESCRIBE}': give error or cut or kill or show or seconds."),
    ({"call": RULE}, f"Nothing goes wrong with '{RULE}': give error."),
    ({"call": CLAIM, "after": True}, f"Nothing goes wrong with '{CLAIM}': give error or seconds."),
    ({"call": DESCRIBE, "error": "E", "cut": True}, "Of error, cut, kill, show a fault has one, not error and cut."),
    ({"call": DESCRIBE, "cut": True, "message": "m"}, "A message is an error's: give error too."),
    ({"call": DESCRIBE, "kill": True, "who": "anyone"}, "Only functions have a process to kill: who is 'lambda' then."),
    ({"call": DESCRIBE, "error": "E", "after": 1}, "after is true or false, not 1."),
    ({"call": DESCRIBE, "error": None}, "error is a text, not None."),
    ({"call": DESCRIBE, "error": "E", "skip": -1}, "skip is a whole number, 0 or more, not -1."),
    ({"call": DESCRIBE, "error": "E", "times": 1.5}, "times is a whole number, 0 or more, not 1.5."),
    ({"call": DESCRIBE, "error": "E", "times": True}, "times is a whole number, 0 or more, not True."),
    ({"call": DESCRIBE, "seconds": float("nan")}, "seconds is a number, 0 or more, not nan."),
    ({"call": DESCRIBE, "seconds": "1"}, "seconds is a number, 0 or more, not '1'."),
    ({"call": DESCRIBE, "error": "E", "who": "me"}, "who is one of 'lambda', 'anyone', not 'me'."),
    ({"call": DESCRIBE, "error": "E", "dataset": "TRAIN"}, "dataset is one of '', 'train', 'test', not 'TRAIN'."),
    ({"call": DESCRIBE, "show": "Status"}, "show is an object, not 'Status'."),
    (
        {"call": DESCRIBE, "show": {"status": "X"}},
        "There is no 'status' in a dataset's description; there are Creation",
    ),
    ({"call": "rekognition:DescribeProjects", "show": {"Status": "X"}}, f"show is for '{DESCRIBE}', not for"),
    ({"call": "rekognition:DescribeProjects", "cut": True, "dataset": "test"}, "dataset is for calls that name one"),
    ({"call": CLAIM, "cut": True}, f"cut is nothing that '{CLAIM}' can have."),
    ({"call": CLAIM, "error": "E", "who": "anyone"}, f"who is nothing that '{CLAIM}' can have."),
    ({"call": RULE, "error": "E", "seconds": 1}, f"seconds is nothing that '{RULE}' can have."),
]


@pytest.mark.parametrize(("given", "sentence"), REFUSED, ids=[str(given) for given, _ in REFUSED])
def test_what_cannot_be_is_one_sentence(given: dict[str, Any], sentence: str) -> None:
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


def test_json_has_only_what_was_given() -> None:
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
    ("faults", "calls", "struck"),
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
def test_which_of_its_calls_a_fault_strikes(faults: list[Fault], calls: int, struck: list[str]) -> None:
    in_force = Faults()
    in_force.replace(faults)
    strikes = [in_force.strike(Call(DESCRIBE)) for _ in range(calls)]
    assert [fault.error if fault else "" for fault in strikes] == struck
    assert [count for _, count in in_force.struck()] == [struck.count(fault.error) for fault in faults]


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
def test_whom_a_fault_concerns(fault: Fault, call: Call, expected: bool) -> None:
    in_force = Faults()
    in_force.replace([fault])
    assert (in_force.strike(call) == fault) == expected


def test_faults_that_replace_others_count_from_the_beginning() -> None:
    faults = Faults()
    faults.replace([first()])
    assert faults.strike(Call(DESCRIBE))
    faults.replace([first()])
    assert faults.struck() == [(first(), 0)]
    assert faults.strike(Call(DESCRIBE))


@pytest.mark.parametrize(
    ("service", "error", "status", "body"),
    [
        ("rekognition", "InvalidParameterException", 400, b'{"__type": "InvalidParameterException", "message": "m"}'),
        ("rekognition", "InternalServerError", 500, b'{"__type": "InternalServerError", "message": "m"}'),
        ("rekognition", "ThrottlingException", 500, b'{"__type": "ThrottlingException", "message": "m"}'),
        ("rekognition", "ServiceUnavailable", 503, b""),
        ("rekognition", "OfTomorrow", 400, b'{"__type": "OfTomorrow", "message": "m"}'),
        ("dynamodb", "ThrottlingException", 400, b'{"__type": "ThrottlingException", "message": "m"}'),
        ("dynamodb", "InternalServerError", 500, b'{"__type": "InternalServerError", "message": "m"}'),
        ("sns", "ThrottledException", 429, b"<Code>Throttled</Code><Message>m</Message>"),
        ("sns", "InternalErrorException", 500, b"<Code>InternalError</Code><Message>m</Message>"),
    ],
)
def test_an_error_is_answered_as_its_service_does(service: str, error: str, status: int, body: bytes) -> None:
    answered, _, said = error_answer(service, error, "m")
    assert (answered, body in said) == (status, True)
    assert bool(said) == bool(body)
