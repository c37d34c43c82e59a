"""What goes wrong in the local AWS, as data: which call, how, and which of its repetitions."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from math import isfinite
from typing import Any

from local.faults.apis import SERVICES, input_members, model

STATE = "state:"
RULE = "events:StartExecution"
DESCRIBE_DATASET = "rekognition:DescribeDataset"
LAMBDA, ANYONE = "lambda", "anyone"
WAYS = ("error", "cut", "kill", "show")  # of which a fault has one, or none when it only takes its time
NOT_OF_STATES = ("cut", "kill", "show", "dataset", "who")
NOT_OF_RULES = (*NOT_OF_STATES, "seconds")


def _member(default: Any, about: str, *accepted: str) -> Any:
    return field(default=default, kw_only=True, metadata={"about": about, "accepted": accepted})


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. ValueError for what cannot be, in one sentence."""

    call: str = field(metadata={"about": f"what goes wrong: service:Operation, {STATE}NAME or {RULE}"})
    error: str = _member("", "the name of the error that it ends in")
    message: str = _member("This error was injected.", "what the error says")
    after: bool = _member(False, "the call takes effect first")
    cut: bool = _member(False, "the connection is closed, without an answer")
    kill: bool = _member(False, "the process of the function that calls is killed")
    seconds: float = _member(0.0, "how much longer it takes: before it takes effect, or after")
    show: Mapping[str, object] = field(
        default_factory=dict,
        kw_only=True,
        metadata={"about": f"members of {DESCRIBE_DATASET}'s answer, in place of the true ones"},
    )
    dataset: str = _member("", "train or test: only calls that name this dataset", "", "train", "test")
    who: str = _member(LAMBDA, "lambda or anyone: only calls of functions, or also yours", LAMBDA, ANYONE)
    skip: int = _member(0, "so many calls go well first")
    times: int = _member(1, "so many calls go wrong then; 0 for every one")

    def __post_init__(self) -> None:
        for member in fields(self):
            _check_type(member, getattr(self, member.name))
        _check_call(self.call)
        _check_members(self, self.as_json())
        _check_dataset(self)

    @property
    def takes_effect(self) -> bool:
        """Whether the call does what it does, whatever it answers."""
        return self.after or not (self.error or self.cut or self.kill)

    def as_json(self) -> dict[str, object]:
        """The members by name, as read_fault takes them, but for those that are as they are by default."""
        values = {member.name: getattr(self, member.name) for member in fields(self)}
        defaults: dict[str, object] = {**{member.name: member.default for member in fields(self)}, "show": {}}
        return {name: value for name, value in values.items() if value != defaults[name]}


def read_fault(given: object) -> Fault:
    """A fault from its members by name, as JSON has them; ValueError as Fault's, and for a member that is unknown."""
    if not isinstance(given, dict) or "call" not in given:
        raise ValueError(f"A fault is an object with a member 'call', not {given!r}.")
    known = [member.name for member in fields(Fault)]
    for name in given:
        if name not in known:
            raise ValueError(f"There is no member {name!r} of a fault; there are {', '.join(known)}.")
    return Fault(**given)


def _check_type(member: "Field[Any]", value: Any) -> None:
    name, accepted = member.name, member.metadata.get("accepted")
    if accepted:
        if value not in accepted:
            raise ValueError(f"{name} is one of {', '.join(map(repr, accepted))}, not {value!r}.")
    elif member.type is bool or member.type is str:
        if not isinstance(value, member.type):
            raise ValueError(f"{name} is {'true or false' if member.type is bool else 'a text'}, not {value!r}.")
    elif name == "show":
        if not isinstance(value, Mapping):
            raise ValueError(f"{name} is an object, not {value!r}.")
    elif not _is_number(value, whole=member.type is int) or value < 0:
        raise ValueError(f"{name} is a {'whole ' if member.type is int else ''}number, 0 or more, not {value!r}.")


def _is_number(value: object, *, whole: bool) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (not whole and isinstance(value, float) and isfinite(value))


def _check_call(call: str) -> None:
    service, colon, operation = call.partition(":")
    if call == RULE or (call.startswith(STATE) and call != STATE):
        return
    if not colon or service not in SERVICES:
        kinds = f"service:Operation, {STATE}NAME or {RULE}"
        raise ValueError(f"The call is {call!r}; give {kinds}, where the service is one of {', '.join(SERVICES)}.")
    if operation not in model(service)["operations"]:
        raise ValueError(f"The call is {call!r}, but {service} has no operation {operation!r}.")


def _check_members(fault: Fault, given: Mapping[str, object]) -> None:
    refused = NOT_OF_RULES if fault.call == RULE else NOT_OF_STATES if fault.call.startswith(STATE) else ()
    for name in refused:
        if name in given:
            raise ValueError(f"{name} is nothing that {fault.call!r} can have.")
    ways = [name for name in WAYS if name in given]
    if len(ways) > 1:
        raise ValueError(f"Of {', '.join(WAYS)} a fault has one, not {' and '.join(ways)}.")
    if not ways and "seconds" not in given:
        possible = [name for name in (*WAYS, "seconds") if name not in refused]
        raise ValueError(f"Nothing goes wrong with {fault.call!r}: give {' or '.join(possible)}.")
    if "message" in given and not fault.error:
        raise ValueError("A message is an error's: give error too.")
    if fault.kill and fault.who == ANYONE:
        raise ValueError(f"Only functions have a process to kill: who is {LAMBDA!r} then.")


def _check_dataset(fault: Fault) -> None:
    service, _, operation = fault.call.partition(":")
    if fault.dataset and "DatasetArn" not in input_members(service, operation):
        raise ValueError(f"dataset is for calls that name one dataset, which {fault.call!r} does not.")
    if fault.show and fault.call != DESCRIBE_DATASET:
        raise ValueError(f"show is for {DESCRIBE_DATASET!r}, not for {fault.call!r}.")
    known = model("rekognition")["shapes"]["DatasetDescription"]["members"]
    for name in fault.show:
        if name not in known:
            raise ValueError(f"There is no {name!r} in a dataset's description; there are {', '.join(known)}.")
