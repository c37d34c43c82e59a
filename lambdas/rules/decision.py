"""Decide what an execution does with a pair: the decision table of the workflow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lambdas.rules.errors import DatasetMissing, DecidedError, TestDatasetNotEmpty, TrainingDatasetEmpty
from lambdas.rules.execution_input import Request
from lambdas.rules.pair import NO_RECORD, Dataset, Pair, Record, count_entries
from lambdas.rules.progress import State, judge_progress
from lambdas.rules.tags import TAG, AutoDistribute, Trigger

UNTAGGED = AutoDistribute()


class Action(StrEnum):
    """What the workflow does next. CHECK goes on with a distribution; the last four are outcomes, too."""

    DISTRIBUTE = "DISTRIBUTE"
    WAIT = "WAIT"
    CHECK = "CHECK"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    ALREADY_DISTRIBUTED = "ALREADY_DISTRIBUTED"
    DRY_RUN = "DRY_RUN"


@dataclass(frozen=True)
class Decision:
    """An action and why, in a sentence for a person; `error` is the name of a failure."""

    action: Action
    reason: str
    error: str = ""


# What stands in the way of a distribution: something for the workflow to do, or something a person has to mend first.
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
    """What to do with the pair as it is now, given what its record says.

    `no_effect`: this execution has polled what the record says was asked for, as long as it takes, and seen no effect.
    `trigger` and `tag` concern executions that an event started. Such a one stands aside where a person has to act
    first; whoever starts one by hand hears of it as an error.
    """
    if request.by_event and (opt_out := _find_opt_out(trigger, tag)):
        return Decision(Action.SKIPPED, opt_out)
    if _may_have_been_distributed(pair, record, no_effect=no_effect):
        return Decision(Action.CHECK, "Rekognition was asked to distribute this pair before; looking what came of it.")
    obstacle = first_obstacle(run_checks(pair, record))
    if isinstance(obstacle, Decision):
        aside = obstacle.action == Action.WAIT and _leaves_to_person(request, pair, record, tag)
        return Decision(Action.SKIPPED, _describe_edit(pair)) if aside else obstacle
    if obstacle and not request.by_event:
        raise obstacle
    if obstacle:
        return Decision(Action.SKIPPED, str(obstacle))
    if _leaves_to_person(request, pair, record, tag):
        return Decision(Action.SKIPPED, _describe_edit(pair))
    return Decision(
        Action.DISTRIBUTE, f"Every check passed; moving about 20% of the {count_entries(pair.training)} entries."
    )


def expire(decision: Decision, waited: float, deadline: float) -> Decision:
    """The decision, but a failure when it is to wait after the deadline; both are in seconds."""
    if decision.action != Action.WAIT or waited <= deadline:
        return decision
    reason = f"The datasets were not ready in time. {decision.reason}"
    return Decision(Action.FAILED, reason, DecidedError.CREATION_TIMED_OUT)


def run_checks(pair: Pair, record: Record) -> dict[str, Obstacle | None]:
    """What each check found, by its name, the most telling first."""
    return {name: find_obstacle(pair, record) for name, find_obstacle in _CHECKS.items()}


def first_obstacle(found: Mapping[str, Obstacle | None]) -> Obstacle | None:
    """The most telling of what the checks found; None when every one passed."""
    return next((obstacle for obstacle in found.values() if obstacle), None)


def _may_have_been_distributed(pair: Pair, record: Record, *, no_effect: bool) -> bool:
    """Whether something may come of what an earlier owner asked for, or this one. One poll alone does not tell."""
    training, test = _name_datasets(pair).values()
    if not (record.mine and record.before and training and test and _is_same_pair(record.before, pair)):
        return False
    return not no_effect or judge_progress(*record.before, training, test).state != State.NOT_STARTED


def _is_same_pair(before: tuple[Dataset, Dataset], pair: Pair) -> bool:
    """Not so when one was deleted and created anew."""
    return [dataset.arn for dataset in before] == [dataset and dataset.arn for dataset in (pair.training, pair.test)]


def _find_opt_out(trigger: Trigger, tag: AutoDistribute) -> str | None:
    if tag.value is False:
        return f"The project or its training dataset is tagged {TAG}=false."
    if trigger == Trigger.OFF:
        return "Events do not start distributions here: the setting trigger is off."
    if trigger == Trigger.TAGGED and not tag.value:
        return f"Neither the project nor its training dataset is tagged {TAG}=true, as the setting trigger asks."
    return None


def _find_missing_datasets(pair: Pair, _record: Record) -> Obstacle | None:
    missing = [name for name, dataset in _name_datasets(pair).items() if dataset is None]
    if not missing:
        return None
    return DatasetMissing(
        f"Project {pair.project_name} has no {' and no '.join(missing)} dataset. Create it; an empty test "
        "dataset is enough."
    )


def _find_failed_creation(pair: Pair, _record: Record) -> Obstacle | None:
    for name, dataset in _name_datasets(pair).items():
        if dataset and dataset.status == "CREATE_FAILED":
            description = dataset.status_message or "no reason was given."
            return Decision(
                Action.FAILED,
                f"Rekognition could not create the {name} dataset of project {pair.project_name}: {description} "
                "Delete the dataset and create it again.",
                DecidedError.DATASET_CREATION_FAILED,
            )
    return None


def _find_change_in_progress(pair: Pair, _record: Record) -> Obstacle | None:
    changing = {name: dataset for name, dataset in _name_datasets(pair).items() if dataset and not dataset.settled}
    if not changing:
        return None
    description = " and ".join(f"the {name} dataset is {dataset.status}" for name, dataset in changing.items())
    return Decision(Action.WAIT, f"{description[0].upper()}{description[1:]}.")


def _find_test_entries(pair: Pair, record: Record) -> Obstacle | None:
    filled = count_entries(pair.test)
    if not filled:
        return None
    if record.outcome == "DISTRIBUTED" and pair.training and record.training == pair.training.arn:
        return Decision(
            Action.ALREADY_DISTRIBUTED,
            f"Project {pair.project_name} was distributed before: {count_entries(pair.training)} entries are in its "
            f"training dataset, {filled} in its test dataset.",
        )
    if record.before and _is_same_pair(record.before, pair) and not record.mine:
        description = (
            f"The test dataset has {filled} entries, and the execution that owns the pair has recorded no outcome yet."
        )
        return Decision(Action.WAIT, description)
    return TestDatasetNotEmpty(
        f"The test dataset of project {pair.project_name} has {filled} entries; Rekognition distributes into an empty "
        "one only. Delete it and create an empty one to distribute again."
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
    """One that is being deleted is as good as gone."""
    named = {"training": pair.training, "test": pair.test}
    return {name: None if each and each.status == "DELETE_IN_PROGRESS" else each for name, each in named.items()}


def _leaves_to_person(request: Request, pair: Pair, record: Record, tag: AutoDistribute) -> bool:
    """An event leaves a training dataset that was edited to whoever edits it, but not what a distribution changed."""
    edited = pair.training is not None and pair.training.status.startswith("UPDATE_")
    return request.by_event and edited and not record.before and not tag.value


def _describe_edit(pair: Pair) -> str:
    return (
        f"The training dataset of project {pair.project_name} was changed since it was created: somebody may still be "
        f"labeling. Start the distribution by hand when that is done, or tag the project {TAG}=true."
    )
