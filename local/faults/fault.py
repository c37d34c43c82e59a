"""A fault as data: which call goes wrong, how, and how often."""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from math import isfinite
from typing import Any

from local.faults.apis import SERVICES, input_members, model

STATE = "state:"
RULE = "events:StartExecution"
DESCRIBE_DATASET = "rekognition:DescribeDataset"
LAMBDA, ANYONE = "lambda", "anyone"
WAYS = ("error", "cut", "kill", "show")  # a fault has at most one of them
NOT_OF_STATES = ("cut", "kill", "show", "dataset", "who")
NOT_OF_RULES = (*NOT_OF_STATES, "seconds")


def _member(default: Any, about: str, *accepted: str) -> Any:
    return field(default=default, kw_only=True, metadata={"about": about, "accepted": accepted})


@dataclass(frozen=True)
class Fault:
    """One fault. ValueError, with one sentence, if it is not possible."""

    call: str = field(metadata={"about": f"the call that goes wrong: service:Operation, {STATE}NAME or {RULE}"})
    error: str = _member("", "the name of the error that the call ends with")
    message: str = _member("This error was injected.", "the message of the error")
    after: bool = _member(False, "the call takes effect before it goes wrong")
    cut: bool = _member(False, "the connection closes without an answer")
    kill: bool = _member(False, "the process of the calling function is killed")
    seconds: float = _member(0.0, "a delay in seconds before the call takes effect; with `after`, a delay after it")
    show: Mapping[str, object] = field(
        default_factory=dict,
        kw_only=True,
        metadata={"about": f"values that replace members of the answer of {DESCRIBE_DATASET}"},
    )
    dataset: str = _member("", "`train` or `test`: only calls that name this dataset", "", "train", "test")
    who: str = _member(LAMBDA, "`lambda`: only calls of functions; `anyone`: all calls, also yours", LAMBDA, ANYONE)
    skip: int = _member(0, "how many matching calls succeed first")
    times: int = _member(1, "how many matching calls go wrong then; 0 for all of them")

    def __post_init__(self) -> None:
        for member in fields(self):
            _check_type(member, getattr(self, member.name))
        _check_call(self.call)
        _check_members(self, self.as_json())
        _check_dataset(self)

    @property
    def takes_effect(self) -> bool:
        """Whether the call takes effect, whatever its answer is."""
        return self.after or not (self.error or self.cut or self.kill)

    def as_json(self) -> dict[str, object]:
        """The members by name, as read_fault takes them, without those that have their default."""
        values = {member.name: getattr(self, member.name) for member in fields(self)}
        defaults: dict[str, object] = {**{member.name: member.default for member in fields(self)}, "show": {}}
        return {name: value for name, value in values.items() if value != defaults[name]}


def read_fault(given: object) -> Fault:
    """A fault from its members by name. ValueError as of Fault, and for an unknown member."""
    if not isinstance(given, dict) or "call" not in given:
        raise ValueError(f"A fault must be an object with a member 'call', not {given!r}.")
    known = [member.name for member in fields(Fault)]
    for name in given:
        if name not in known:
            raise ValueError(f"A fault has no member {name!r}; its members are {', '.join(known)}.")
    return Fault(**given)


def _check_type(member: "Field[Any]", value: Any) -> None:
    name, accepted = member.name, member.metadata.get("accepted")
    if accepted:
        if value not in accepted:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, accepted))}, not {value!r}.")
    elif member.type is bool or member.type is str:
        if not isinstance(value, member.type):
            raise ValueError(f"{name} must be {'true or false' if member.type is bool else 'text'}, not {value!r}.")
    elif name == "show":
        if not isinstance(value, Mapping):
            raise ValueError(f"{name} must be an object, not {value!r}.")
    elif not _is_number(value, whole=member.type is int) or value < 0:
        raise ValueError(f"{name} must be a {'whole ' if member.type is int else ''}number, 0 or more, not {value!r}.")


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
        raise ValueError(f"The call {call!r} is not valid: give {kinds}; the services are {', '.join(SERVICES)}.")
    if operation not in model(service)["operations"]:
        raise ValueError(f"The call {call!r} is not valid: {service} has no operation {operation!r}.")


def _check_members(fault: Fault, given: Mapping[str, object]) -> None:
    refused = NOT_OF_RULES if fault.call == RULE else NOT_OF_STATES if fault.call.startswith(STATE) else ()
    for name in refused:
        if name in given:
            raise ValueError(f"{name} is not possible for {fault.call!r}.")
    ways = [name for name in WAYS if name in given]
    if len(ways) > 1:
        raise ValueError(f"A fault can have one of {', '.join(WAYS)}, not {' and '.join(ways)}.")
    if not ways and "seconds" not in given:
        possible = [name for name in (*WAYS, "seconds") if name not in refused]
        raise ValueError(f"This fault changes nothing of {fault.call!r}: give {' or '.join(possible)}.")
    if "message" in given and not fault.error:
        raise ValueError("message is not possible without error: give error, too.")
    if fault.kill and fault.who == ANYONE:
        raise ValueError(
            f"kill is not possible for {ANYONE!r}, because only functions have a process: leave who at {LAMBDA!r}."
        )


def _check_dataset(fault: Fault) -> None:
    service, _, operation = fault.call.partition(":")
    if fault.dataset and "DatasetArn" not in input_members(service, operation):
        raise ValueError(f"dataset is not possible for {fault.call!r}, because the call does not name one dataset.")
    if fault.show and fault.call != DESCRIBE_DATASET:
        raise ValueError(f"show is possible for {DESCRIBE_DATASET!r} only, not for {fault.call!r}.")
    known = model("rekognition")["shapes"]["DatasetDescription"]["members"]
    for name in fault.show:
        if name not in known:
            raise ValueError(f"A dataset's description has no {name!r}; its members are {', '.join(known)}.")
