"""Read what an execution was asked to do, from a person's input or from a CreateDataset event."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.rules.arns import PROJECT_NAME, DatasetArn, Location, parse_dataset_arn, parse_project_arn
from lambdas.rules.errors import InvalidInput

ACCEPTED = (
    'Give exactly one of {"ProjectArn": "arn:…:project/NAME/…"}, {"ProjectName": "NAME"} or '
    '{"Datasets": [{"Arn": "…/dataset/train/…"}, {"Arn": "…/dataset/test/…"}]}, with "DryRun": true or false beside it '
    "if you like, or the CloudTrail event of a CreateDataset call."
)
_LONGEST_QUOTE = 120
EVENT, PERSON = "EVENT", "PERSON"


@dataclass(frozen=True, kw_only=True)
class Request:
    """The project whose pair is to be distributed; the ARNs, where given, must turn out to be its own."""

    project_name: str
    project_arn: str | None = None
    dataset_arns: tuple[str, ...] = ()
    dry_run: bool = False
    by_event: bool = False

    @property
    def started_by(self) -> str:
        """Who has started the execution."""
        return EVENT if self.by_event else PERSON


def read_input(given: Any, here: Location) -> Request:
    """The request in an execution's input; `here` is where the execution runs.

    Raises InvalidInput, with a sentence that says what was given and what is accepted.
    """
    if not isinstance(given, Mapping):
        raise _invalid(f"The input is {_quote(given)}, not an object.")
    return _read_event(given, here) if is_event(given) else _read_console_input(given, here)


def is_event(given: Any) -> bool:
    """Whether the input came from EventBridge."""
    return isinstance(given, Mapping) and ("detail" in given or "detail-type" in given)


def find_started_by(given: Any) -> str:
    """Who has started an execution with this input, whether it is accepted or not."""
    return EVENT if is_event(given) else PERSON


def find_project_name(given: Any, here: Location) -> str:
    """The name of the project in an execution's input; empty when the input is none of the accepted forms."""
    try:
        return read_input(given, here).project_name
    except InvalidInput:
        return ""


def _read_console_input(given: Mapping[str, Any], here: Location) -> Request:
    unknown = sorted(given.keys() - {"ProjectArn", "ProjectName", "Datasets", "DryRun"})
    if unknown:
        raise _invalid(f"The input has the key {_quote(unknown[0])}, which means nothing here.")
    named = given.keys() - {"DryRun"}
    if len(named) != 1:
        what = " and ".join(sorted(named)) if named else "neither a project nor datasets"
        raise _invalid(f"The input names {what}.")
    dry_run = given.get("DryRun", False)
    if not isinstance(dry_run, bool):
        raise _invalid(f"DryRun is {_quote(dry_run)}.")
    if "ProjectArn" in given:
        return _read_project_arn(given["ProjectArn"], here, dry_run=dry_run)
    if "ProjectName" in given:
        return Request(project_name=_read_project_name(given["ProjectName"]), dry_run=dry_run)
    return _read_datasets(given["Datasets"], here, dry_run=dry_run)


def _read_project_arn(given: Any, here: Location, *, dry_run: bool = False) -> Request:
    arn = parse_project_arn(given) if isinstance(given, str) else None
    if arn is None:
        raise _invalid(f"ProjectArn is {_quote(given)}, which is not the ARN of a Custom Labels project.")
    _require_location("ProjectArn", arn.location, here)
    return Request(project_name=arn.project_name, project_arn=arn.text, dry_run=dry_run)


def _read_project_name(given: Any) -> str:
    if not isinstance(given, str) or not PROJECT_NAME.fullmatch(given):
        raise _invalid(
            f"ProjectName is {_quote(given)}; a name has 1 to 255 letters, digits, hyphens, underscores and dots."
        )
    return given


def _read_datasets(given: Any, here: Location, *, dry_run: bool) -> Request:
    if not isinstance(given, list) or len(given) != 2:
        raise _invalid(f"Datasets is {_quote(given)}, not a list of two.")
    first, second = (_read_dataset(item, here) for item in given)
    if first.dataset_type == second.dataset_type:
        raise _invalid(f"Datasets names two {first.dataset_type} datasets.")
    if first.project_name != second.project_name:
        raise _invalid(f"Datasets names datasets of two projects, {first.project_name} and {second.project_name}.")
    return Request(project_name=first.project_name, dataset_arns=(first.text, second.text), dry_run=dry_run)


def _read_dataset(given: Any, here: Location) -> DatasetArn:
    if not isinstance(given, Mapping) or given.keys() != {"Arn"}:
        raise _invalid(f'An entry of Datasets is {_quote(given)}, not {{"Arn": …}}.')
    arn = parse_dataset_arn(given["Arn"]) if isinstance(given["Arn"], str) else None
    if arn is None:
        raise _invalid(f"Datasets names {_quote(given['Arn'])}, which is not the ARN of a Custom Labels dataset.")
    _require_location("A dataset", arn.location, here)
    return arn


def _read_event(event: Mapping[str, Any], here: Location) -> Request:
    """The event marks the call, not its completion. CloudTrail does not promise the casing of keys it copies."""
    detail = event.get("detail")
    if not isinstance(detail, Mapping) or detail.get("eventName") != "CreateDataset":
        raise _invalid("The event is not that of a CreateDataset call.")
    if detail.get("errorCode"):
        raise _invalid(f"The CreateDataset call of the event failed with {_quote(detail['errorCode'])}.")
    arn = _look_up(detail.get("requestParameters"), "projectArn")
    return _make_event_request(_read_project_arn(arn, here), _look_up(detail.get("responseElements"), "datasetArn"))


def _make_event_request(request: Request, dataset_arn: Any) -> Request:
    created = parse_dataset_arn(dataset_arn) if isinstance(dataset_arn, str) else None
    return Request(
        project_name=request.project_name,
        project_arn=request.project_arn,
        dataset_arns=(created.text,) if created else (),
        by_event=True,
    )


def _look_up(mapping: Any, key: str) -> Any:
    if not isinstance(mapping, Mapping):
        return None
    return next((value for name, value in mapping.items() if str(name).lower() == key.lower()), None)


def _require_location(what: str, given: Location, here: Location) -> None:
    if given != here:
        raise _invalid(f"{what} is of {given}; this workflow runs in {here}.")


def _quote(value: Any) -> str:
    try:
        text = json.dumps(value)
    except RecursionError:
        return "nested too deeply to be shown"
    return text if len(text) <= _LONGEST_QUOTE else text[:_LONGEST_QUOTE] + "…"


def _invalid(what_was_given: str) -> InvalidInput:
    return InvalidInput(f"{what_was_given} {ACCEPTED}")
