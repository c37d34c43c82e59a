"""The decision table of the workflow: what an execution does with a pair."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from lambdas.rules.failures.errors import DatasetMissing, DecidedError, TestDatasetNotEmpty, TrainingDatasetEmpty
from lambdas.rules.input.execution_input import Request
from lambdas.rules.pair import DISTRIBUTED, NO_RECORD, Dataset, Pair, Record, count_entries
from lambdas.rules.progress import State, judge_progress
from lambdas.rules.tags import TAG, AutoDistribute, Trigger
from lambdas.rules.text import count

UNTAGGED = AutoDistribute()


class Action(StrEnum):
    """What the workflow does next. CHECK polls an earlier distribution. The last four are outcomes, too."""

    DISTRIBUTE = "DISTRIBUTE"
    WAIT = "WAIT"
    CHECK = "CHECK"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    ALREADY_DISTRIBUTED = "ALREADY_DISTRIBUTED"
    DRY_RUN = "DRY_RUN"


@dataclass(frozen=True)
class Decision:
    """An action and its reason, in sentences for a person. `error` is the error's name if the action is FAILED."""

    action: Action
    reason: str
    error: str = ""


# Why a pair cannot be distributed now. A Decision is an action of the workflow; an Exception needs a person.
Obstacle = Decision | Exception
Check = Callable[[Pair, Record], Obstacle | None]


def decide(
    request: Request,
    pair: Pair,
    record: Record = NO_RECORD,
    trigger: Trigger = Trigger.CREATED,
    tag: AutoDistribute = UNTAGGED,
    *,
    no_effect: bool = False,
) -> Decision:
    """What to do with the pair as it is now, with the record that the table has of it.

    `no_effect`: this execution has polled the distribution in the record for five minutes and has seen no effect.
    `trigger` and `tag` apply only to executions that an event or the schedule started. If a person has to act first,
    such an execution is skipped. An execution that a person started raises the error.
    """
    if not request.by_person and (opt_out := _find_opt_out(trigger, tag)):
        return Decision(Action.SKIPPED, opt_out)
    if _may_have_been_distributed(pair, record, no_effect=no_effect):
        return Decision(Action.CHECK, "Rekognition was already asked to distribute this pair; checking the result.")
    obstacle = next((each for each in run_checks(pair, record).values() if each), None)
    waits = isinstance(obstacle, Decision) and obstacle.action == Action.WAIT
    if (obstacle is None or waits) and _leaves_to_person(request, pair, record, tag):
        return Decision(Action.SKIPPED, _describe_edit(pair))
    if isinstance(obstacle, Decision):
        return obstacle
    if obstacle and request.by_person:
        raise obstacle
    if obstacle:
        return Decision(Action.SKIPPED, str(obstacle))
    entries = count(count_entries(pair.training), "entry", "entries")
    return Decision(Action.DISTRIBUTE, f"Every check passed; moving about 20% of the {entries}.")


def expire(decision: Decision, waited: float, deadline: float) -> Decision:
    """The decision; a failure instead of WAIT once the execution has waited longer than the deadline, in seconds."""
    if decision.action != Action.WAIT or waited <= deadline:
        return decision
    reason = f"The datasets were not ready before the deadline. {decision.reason}"
    return Decision(Action.FAILED, reason, DecidedError.CREATION_TIMED_OUT)


def run_checks(pair: Pair, record: Record) -> dict[str, Obstacle | None]:
    """The obstacle that each check found, by the check's name, the most important check first."""
    return {name: find_obstacle(pair, record) for name, find_obstacle in _CHECKS.items()}


def _may_have_been_distributed(pair: Pair, record: Record, *, no_effect: bool) -> bool:
    """Whether an earlier request, of this owner or the one before, may have an effect. One poll cannot rule it out."""
    training, test = _name_datasets(pair).values()
    if not (record.mine and record.before and training and test and _is_same_pair(record.before, pair)):
        return False
    return not no_effect or judge_progress(*record.before, training, test).state != State.NOT_STARTED


def _is_same_pair(before: tuple[Dataset, Dataset], pair: Pair) -> bool:
    """False if a dataset has been deleted and created again."""
    return [dataset.arn for dataset in before] == [dataset and dataset.arn for dataset in (pair.training, pair.test)]


def _find_opt_out(trigger: Trigger, tag: AutoDistribute) -> str | None:
    if tag.value is False:
        return f"The project or its training dataset has the tag {TAG}=false, so only a person can distribute it."
    if trigger == Trigger.OFF:
        return "Only a person starts a distribution in this deployment, because its setting 'trigger' is 'off'."
    if trigger == Trigger.TAGGED and not tag.value:
        return (
            f"Neither the project nor its training dataset has the tag {TAG}=true, which the setting 'trigger' "
            "requires."
        )
    return None


def _find_missing_datasets(pair: Pair, _record: Record) -> Obstacle | None:
    missing = tuple(name for name, dataset in _name_datasets(pair).items() if dataset is None)
    if not missing:
        return None
    return DatasetMissing(
        f"Project {pair.project_name} has no {' dataset and no '.join(missing)} dataset. {_CREATE_MISSING[missing]}"
    )


_CREATE_MISSING = {
    ("training",): "Create one from labeled images.",
    ("test",): "Create an empty one.",
    ("training", "test"): "Create both; leave the test dataset empty.",
}


def _find_failed_creation(pair: Pair, _record: Record) -> Obstacle | None:
    for name, dataset in _name_datasets(pair).items():
        if dataset and dataset.status == "CREATE_FAILED":
            cause = dataset.status_message or "it gave no reason."
            return Decision(
                Action.FAILED,
                f"Rekognition could not create the {name} dataset of project {pair.project_name}: {cause}",
                DecidedError.DATASET_CREATION_FAILED,
            )
    return None


def _find_change_in_progress(pair: Pair, _record: Record) -> Obstacle | None:
    changing = {name: dataset for name, dataset in _name_datasets(pair).items() if dataset and not dataset.settled}
    if not changing:
        return None
    statuses = " and ".join(f"the {name} dataset is {dataset.status}" for name, dataset in changing.items())
    return Decision(Action.WAIT, f"{statuses[0].upper()}{statuses[1:]}.")


def _find_test_entries(pair: Pair, record: Record) -> Obstacle | None:
    if not count_entries(pair.test):
        return None
    entries = count(count_entries(pair.test), "entry", "entries")
    if record.outcome == DISTRIBUTED and pair.training and record.training == pair.training.arn:
        return Decision(
            Action.ALREADY_DISTRIBUTED,
            f"Project {pair.project_name} is already distributed: its test dataset has {entries} and its training "
            f"dataset has {count_entries(pair.training):,}.",
        )
    if record.before and _is_same_pair(record.before, pair) and not record.mine:
        return Decision(
            Action.WAIT,
            f"The test dataset has {entries}. An execution asked Rekognition to distribute this pair, and no success "
            "is recorded.",
        )
    return TestDatasetNotEmpty(
        f"The test dataset of project {pair.project_name} has {entries}, but Rekognition distributes only into an "
        "empty one. To distribute the pair, delete the test dataset and create an empty one."
    )


def _find_empty_training_dataset(pair: Pair, _record: Record) -> Obstacle | None:
    if count_entries(pair.training):
        return None
    return TrainingDatasetEmpty(
        f"The training dataset of project {pair.project_name} has no entries. Add labeled images to it first."
    )


_CHECKS: dict[str, Check] = {
    "The project has both datasets": _find_missing_datasets,
    "Rekognition could create both": _find_failed_creation,
    "Neither is being created or changed": _find_change_in_progress,
    "The test dataset is empty": _find_test_entries,
    "The training dataset has entries": _find_empty_training_dataset,
}


def _name_datasets(pair: Pair) -> dict[str, Dataset | None]:
    """Both datasets by name. A dataset that is being deleted counts as missing."""
    named = {"training": pair.training, "test": pair.test}
    return {name: None if each and each.status == "DELETE_IN_PROGRESS" else each for name, each in named.items()}


def _leaves_to_person(request: Request, pair: Pair, record: Record, tag: AutoDistribute) -> bool:
    """Whether a person has edited the training dataset, but did not start the execution.

    Not if the project is tagged for that, or if a distribution made the change.
    """
    return not request.by_person and pair.edited and not record.before and not tag.value


def _describe_edit(pair: Pair) -> str:
    return (
        f"The training dataset of project {pair.project_name} was changed after its creation, so somebody may still be "
        "labeling images. When the labeling is done, start an execution yourself. To let it be distributed by itself, "
        f"tag the project {TAG}=true."
    )
