"""What an execution is asked to do: read a person's input, or the event of a CreateDataset call.

Step Functions has parsed the input before. Of a key that a person gave twice only one value may arrive, and nothing
shows that there was another. AWS does not document it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from lambdas.rules.failures.errors import InvalidInput
from lambdas.rules.input.arns import PROJECT_NAME, DatasetArn, Location, parse_dataset_arn, parse_project_arn
from lambdas.rules.input.quotes import LONGEST_QUOTE, quote
from lambdas.rules.text import shorten

ACCEPTED = (
    'Give exactly one of {"ProjectArn": "arn:…:project/NAME/…"}, {"ProjectName": "NAME"} and '
    '{"Datasets": [{"Arn": "…/dataset/train/…"}, {"Arn": "…/dataset/test/…"}]}, or the CloudTrail event of a '
    'CreateDataset call. With each of the first three you can also give "DryRun": true.'
)
_NAMING = ("ProjectArn", "ProjectName", "Datasets")
_BESIDE = ("DryRun", "StartedBy")
EVENT, PERSON, SCHEDULE = "EVENT", "PERSON", "SCHEDULE"


@dataclass(frozen=True, kw_only=True)
class Request:
    """The project whose pair is to be distributed. The ARNs, if there are any, must be those of this project."""

    project_name: str
    project_arn: str | None = None
    dataset_arns: tuple[str, ...] = ()
    dry_run: bool = False
    started_by: str = PERSON

    @property
    def by_person(self) -> bool:
        """Whether a person started the execution. An event or the schedule leaves to a person what needs one."""
        return self.started_by == PERSON


def read_input(given: Any, here: Location) -> Request:
    """The request in an execution's input; `here` is where the execution runs.

    Raises InvalidInput, which says what was given and what is accepted.
    """
    if not isinstance(given, Mapping):
        raise _invalid(f"The input is {quote(given)}, which is not a JSON object.")
    return _read_event(given, here) if is_event(given) else _read_console_input(given, here)


def is_event(given: Any) -> bool:
    """Whether the input is an event of EventBridge."""
    return isinstance(given, Mapping) and ("detail" in given or "detail-type" in given)


def find_started_by(given: Any) -> str:
    """EVENT, PERSON or SCHEDULE, also for an input that is not accepted."""
    if is_event(given):
        return EVENT
    return SCHEDULE if isinstance(given, Mapping) and given.get("StartedBy") == SCHEDULE else PERSON


def find_project_name(given: Any, here: Location) -> str:
    """The name of the project in an execution's input; empty if the input is not accepted."""
    try:
        return read_input(given, here).project_name
    except InvalidInput:
        return ""


def _read_console_input(given: Mapping[str, Any], here: Location) -> Request:
    unknown = sorted(given.keys() - {*_NAMING, *_BESIDE})
    if unknown:
        raise _invalid(f"The input has the unknown key {quote(unknown[0])}.")
    named = given.keys() - {*_BESIDE}
    if not named:
        raise _invalid("The input names neither a project nor datasets.")
    if len(named) > 1:
        raise _invalid(f"The input has the keys {' and '.join(sorted(named))}, but only one of them is allowed.")
    dry_run = given.get("DryRun", False)
    if not isinstance(dry_run, bool):
        raise _invalid(f"DryRun is {quote(dry_run)}, which is neither true nor false.")
    if given.get("StartedBy", SCHEDULE) != SCHEDULE:
        raise _invalid(
            f'StartedBy is {quote(given["StartedBy"])}, but only the sweep gives it, and it gives "SCHEDULE".'
        )
    return replace(_read_named(given, here), dry_run=dry_run, started_by=find_started_by(given))


def _read_named(given: Mapping[str, Any], here: Location) -> Request:
    if "ProjectArn" in given:
        return _read_project_arn(given["ProjectArn"], here)
    if "ProjectName" in given:
        return Request(project_name=_read_project_name(given["ProjectName"]))
    return _read_datasets(given["Datasets"], here)


def _read_project_arn(given: Any, here: Location) -> Request:
    arn = parse_project_arn(given) if isinstance(given, str) else None
    if arn is None:
        raise _invalid(f"ProjectArn is {quote(given)}, which is not the ARN of a Custom Labels project.")
    _require_location("ProjectArn", arn.location, here)
    return Request(project_name=arn.project_name, project_arn=arn.text)


def _read_project_name(given: Any) -> str:
    if not isinstance(given, str) or not PROJECT_NAME.fullmatch(given):
        raise _invalid(
            f"ProjectName is {quote(given)}. A name has 1 to 255 letters, digits, hyphens, underscores and dots."
        )
    return given


def _read_datasets(given: Any, here: Location) -> Request:
    if not isinstance(given, list) or len(given) != 2:
        raise _invalid(f"Datasets is {quote(given)}, which is not a list of two datasets.")
    first, second = (_read_dataset(item, here) for item in given)
    if first.dataset_type == second.dataset_type:
        raise _invalid(f"Datasets names two {first.dataset_type} datasets, not one TRAIN and one TEST dataset.")
    if first.project_name != second.project_name:
        raise _invalid(f"Datasets names datasets of two projects: {first.project_name} and {second.project_name}.")
    return Request(project_name=first.project_name, dataset_arns=(first.text, second.text))


def _read_dataset(given: Any, here: Location) -> DatasetArn:
    if not isinstance(given, Mapping) or given.keys() != {"Arn"}:
        raise _invalid(f'An item of Datasets is {quote(given)}, which does not have the form {{"Arn": "…"}}.')
    arn = parse_dataset_arn(given["Arn"]) if isinstance(given["Arn"], str) else None
    if arn is None:
        raise _invalid(f"Datasets names {quote(given['Arn'])}, which is not the ARN of a Custom Labels dataset.")
    _require_location("A dataset", arn.location, here)
    return arn


def _read_event(event: Mapping[str, Any], here: Location) -> Request:
    """The request in the event of a call, which may not have completed. CloudTrail promises no casing of the keys.

    A person who adds DryRun to an event wants no distribution, so a key of a person is not ignored.
    """
    beside = sorted(key for key in event if key.lower() in map(str.lower, (*_NAMING, *_BESIDE)))
    if beside:
        raise _invalid(f"The input has the key {quote(beside[0])} beside an event, but an event must be alone.")
    detail = event.get("detail")
    if not isinstance(detail, Mapping) or detail.get("eventName") != "CreateDataset":
        raise _invalid("The event is not the CloudTrail event of a CreateDataset call.")
    if detail.get("errorCode"):
        raise _invalid(f"The event is of a CreateDataset call that failed with {quote(detail['errorCode'])}.")
    project = _look_up(detail.get("requestParameters"), "projectArn")
    dataset = _look_up(detail.get("responseElements"), "datasetArn")
    created = parse_dataset_arn(dataset) if isinstance(dataset, str) else None
    if created and project in (None, ""):  # the new dataset names its project, too
        _require_location("The dataset", created.location, here)
        return Request(project_name=created.project_name, dataset_arns=(created.text,), started_by=EVENT)
    request = _read_project_arn(project, here)
    return replace(request, dataset_arns=(created.text,) if created else (), started_by=EVENT)


def _look_up(mapping: Any, key: str) -> Any:
    if not isinstance(mapping, Mapping):
        return None
    return next((value for name, value in mapping.items() if str(name).lower() == key.lower()), None)


def _require_location(what: str, given: Location, here: Location) -> None:
    if given != here:
        raise _invalid(f"{what} belongs to {shorten(str(given), LONGEST_QUOTE)}. This workflow runs in {here}.")


def _invalid(problem: str) -> InvalidInput:
    return InvalidInput(f"{problem} {ACCEPTED}")
