"""Decide what an execution does with a pair: the decision table of the workflow."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lambdas.errors import DatasetMissing, TestDatasetNotEmpty, TrainingDatasetEmpty
from lambdas.execution_input import Request
from lambdas.pair import Dataset, Pair
from lambdas.trigger import TAG, Trigger, Wish

NO_WISH = Wish()
IN_HAND = "IN_HAND"  # of a record: another execution has the pair, and has not said what came of it


class Action(StrEnum):
    """What the workflow does next. The last three are outcomes, too."""

    DISTRIBUTE = "DISTRIBUTE"
    WAIT = "WAIT"
    CREATION_FAILED = "CREATION_FAILED"
    SKIPPED = "SKIPPED"
    ALREADY_DISTRIBUTED = "ALREADY_DISTRIBUTED"
    DRY_RUN = "DRY_RUN"


@dataclass(frozen=True)
class Decision:
    """An action and why, in a sentence for a person."""

    action: Action
    reason: str


# What stands in the way of a distribution: something for the workflow to do, or something a person has to mend first.
Obstacle = Decision | Exception
Check = Callable[[Pair, str | None], Obstacle | None]


def decide(
    request: Request,
    pair: Pair,
    recorded_outcome: str | None = None,
    trigger: Trigger = Trigger.CREATED,
    wish: Wish = NO_WISH,
) -> Decision:
    """What to do with the pair as it is now, given the outcome that its record has.

    `trigger` and `wish` concern executions that an event started. Such a one stands aside where a person has to act
    first; whoever starts one by hand hears of it as an error.
    """
    if request.by_event and (unwanted := _unwanted(trigger, wish)):
        return Decision(Action.SKIPPED, unwanted)
    obstacle = first_obstacle(check(pair, recorded_outcome))
    if isinstance(obstacle, Decision):
        return obstacle
    if obstacle and not request.by_event:
        raise obstacle
    if obstacle:
        return Decision(Action.SKIPPED, str(obstacle))
    if request.by_event and _edited(pair) and not wish.wanted:
        return Decision(Action.SKIPPED, _being_labeled(pair))
    return Decision(
        Action.DISTRIBUTE, f"Every check passed; moving about 20% of the {_entries(pair.training)} entries."
    )


def check(pair: Pair, recorded_outcome: str | None) -> dict[str, Obstacle | None]:
    """What each check found, by its name, the most telling first."""
    return {name: look(pair, recorded_outcome) for name, look in _CHECKS.items()}


def first_obstacle(found: Mapping[str, Obstacle | None]) -> Obstacle | None:
    """The most telling of what the checks found; None when every one passed."""
    return next((obstacle for obstacle in found.values() if obstacle), None)


def _unwanted(trigger: Trigger, wish: Wish) -> str | None:
    if wish.wanted is False:
        return f"The project or its training dataset is tagged {TAG}=false."
    if trigger == Trigger.OFF:
        return "Events do not start distributions here: the setting trigger is off."
    if trigger == Trigger.TAGGED and not wish.wanted:
        return f"Neither the project nor its training dataset is tagged {TAG}=true, as the setting trigger asks."
    return None


def _existence(pair: Pair, _recorded: str | None) -> Obstacle | None:
    missing = [name for name, dataset in _named(pair).items() if dataset is None]
    if not missing:
        return None
    return DatasetMissing(
        f"Project {pair.project_name} has no {' and no '.join(missing)} dataset. Create it (an empty test dataset is "
        "enough); its creation starts the workflow by itself."
    )


def _creation(pair: Pair, _recorded: str | None) -> Obstacle | None:
    for name, dataset in _named(pair).items():
        if dataset and dataset.status == "CREATE_FAILED":
            said = dataset.status_message or "no reason given"
            return Decision(
                Action.CREATION_FAILED,
                f"Rekognition could not create the {name} dataset of project {pair.project_name}: {said} "
                "Delete the dataset and create it again.",
            )
    return None


def _stillness(pair: Pair, _recorded: str | None) -> Obstacle | None:
    """A status that does not exist today is "not yet", as every one in progress is."""
    changing = {name: dataset for name, dataset in _named(pair).items() if dataset and not _settled(dataset)}
    if not changing:
        return None
    said = " and ".join(f"the {name} dataset is {dataset.status}" for name, dataset in changing.items())
    return Decision(Action.WAIT, f"{said[0].upper()}{said[1:]}.")


def _emptiness(pair: Pair, recorded: str | None) -> Obstacle | None:
    filled = _entries(pair.test)
    if not filled:
        return None
    if recorded == "DISTRIBUTED":
        return Decision(
            Action.ALREADY_DISTRIBUTED,
            f"Project {pair.project_name} was distributed before: {_entries(pair.training)} entries are in its "
            f"training dataset, {filled} in its test dataset.",
        )
    if recorded == IN_HAND:
        return Decision(
            Action.WAIT, f"The test dataset has {filled} entries, and an execution that has the pair is not done."
        )
    return TestDatasetNotEmpty(
        f"The test dataset of project {pair.project_name} has {filled} entries; Rekognition distributes into an empty "
        "one only. Delete it and create an empty one to distribute again."
    )


def _entries_to_move(pair: Pair, _recorded: str | None) -> Obstacle | None:
    if _entries(pair.training):
        return None
    return TrainingDatasetEmpty(
        f"The training dataset of project {pair.project_name} has no entries. Add labeled images to it first."
    )


_CHECKS: dict[str, Check] = {
    "The project has both datasets": _existence,
    "Rekognition could create both": _creation,
    "Neither is being created or changed": _stillness,
    "The test dataset is empty": _emptiness,
    "The training dataset has entries": _entries_to_move,
}


def _settled(dataset: Dataset) -> bool:
    return dataset.status in ("CREATE_COMPLETE", "CREATE_FAILED", "UPDATE_COMPLETE", "UPDATE_FAILED")


def _named(pair: Pair) -> dict[str, Dataset | None]:
    """One that is being deleted is as good as gone."""
    named = {"training": pair.training, "test": pair.test}
    return {name: None if each and each.status == "DELETE_IN_PROGRESS" else each for name, each in named.items()}


def _entries(dataset: Dataset | None) -> int:
    return dataset.entries if dataset else 0


def _edited(pair: Pair) -> bool:
    return pair.training is not None and pair.training.status != "CREATE_COMPLETE"


def _being_labeled(pair: Pair) -> str:
    return (
        f"The training dataset of project {pair.project_name} was changed since it was created: somebody may still be "
        f"labeling. Start the distribution by hand when that is done, or tag the project {TAG}=true."
    )
