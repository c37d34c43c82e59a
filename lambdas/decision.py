"""Decide what an execution does with a pair: the decision table of the workflow."""

from dataclasses import dataclass
from enum import StrEnum

from lambdas.errors import DatasetCreationFailed, DatasetMissing, TestDatasetNotEmpty, TrainingDatasetEmpty
from lambdas.execution_input import Request
from lambdas.pair import Dataset, Pair
from lambdas.trigger import TAG, Trigger, Wish

NO_WISH = Wish()


class Action(StrEnum):
    """What the workflow does next. All but DISTRIBUTE and WAIT are outcomes, too."""

    DISTRIBUTE = "DISTRIBUTE"
    WAIT = "WAIT"
    SKIPPED = "SKIPPED"
    ALREADY_DISTRIBUTED = "ALREADY_DISTRIBUTED"
    DRY_RUN = "DRY_RUN"


@dataclass(frozen=True)
class Decision:
    """An action and why, in a sentence for a person."""

    action: Action
    reason: str


def decide(
    request: Request,
    pair: Pair,
    recorded_outcome: str | None = None,
    trigger: Trigger = Trigger.CREATED,
    wish: Wish = NO_WISH,
) -> Decision:
    """What to do with the pair as it is now, given the outcome that its record has.

    `trigger` and `wish` concern executions that an event started.

    Whoever starts an execution by hand hears of every obstacle as an error; one that an event started stands aside.
    Raises DatasetCreationFailed either way.
    """
    training, test = _existing(pair.training), _existing(pair.test)
    if training is None or test is None:
        return _stand_aside(request, DatasetMissing(_missing(pair, "test" if training else "training")))
    if request.by_event and (unwanted := _unwanted(trigger, wish)):
        return Decision(Action.SKIPPED, unwanted)
    for name, dataset in (("training", training), ("test", test)):
        if dataset.status == "CREATE_FAILED":
            raise DatasetCreationFailed(_creation_failed(pair, name, dataset))
    if not (_settled(training) and _settled(test)):
        return Decision(Action.WAIT, _not_settled(training, test))
    if test.entries and recorded_outcome == "DISTRIBUTED":
        return Decision(Action.ALREADY_DISTRIBUTED, _distributed(pair, training, test))
    if test.entries:
        return _stand_aside(request, TestDatasetNotEmpty(_not_empty(pair, test)))
    if not training.entries:
        return _stand_aside(request, TrainingDatasetEmpty(_nothing_there(pair)))
    if request.by_event and training.status != "CREATE_COMPLETE" and not wish.wanted:
        return Decision(Action.SKIPPED, _edited(pair))
    return _distribute(request, training)


def _unwanted(trigger: Trigger, wish: Wish) -> str | None:
    if wish.wanted is False:
        return f"The project or its training dataset is tagged {TAG}=false."
    if trigger == Trigger.OFF:
        return "Events do not start distributions here: the setting trigger is off."
    if trigger == Trigger.TAGGED and not wish.wanted:
        return f"Neither the project nor its training dataset is tagged {TAG}=true, as the setting trigger asks."
    return None


def _existing(dataset: Dataset | None) -> Dataset | None:
    """One that is being deleted is as good as gone."""
    return None if dataset and dataset.status == "DELETE_IN_PROGRESS" else dataset


def _settled(dataset: Dataset) -> bool:
    """A status that does not exist today is "not yet", as every one in progress is."""
    return dataset.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_FAILED")


def _stand_aside(request: Request, obstacle: Exception) -> Decision:
    if not request.by_event:
        raise obstacle
    return Decision(Action.SKIPPED, str(obstacle))


def _distribute(request: Request, training: Dataset) -> Decision:
    share = f"about 20% of the {training.entries} entries of the training dataset to the test dataset"
    if request.dry_run:
        return Decision(Action.DRY_RUN, f"Every check passed; a distribution would move {share}. Nothing was changed.")
    return Decision(Action.DISTRIBUTE, f"Every check passed; moving {share}.")


def _missing(pair: Pair, name: str) -> str:
    return (
        f"Project {pair.project_name} has no {name} dataset. Create it (an empty test dataset is enough); "
        "its creation starts the workflow by itself."
    )


def _creation_failed(pair: Pair, name: str, dataset: Dataset) -> str:
    said = dataset.status_message or "no reason given"
    return (
        f"Rekognition could not create the {name} dataset of project {pair.project_name}: {said} "
        "Delete the dataset and create it again."
    )


def _not_settled(training: Dataset, test: Dataset) -> str:
    return f"The training dataset is {training.status} and the test dataset is {test.status}."


def _not_empty(pair: Pair, test: Dataset) -> str:
    return (
        f"The test dataset of project {pair.project_name} has {test.entries} entries; "
        "Rekognition distributes into an empty one only. Delete it and create an empty one to distribute again."
    )


def _distributed(pair: Pair, training: Dataset, test: Dataset) -> str:
    return (
        f"Project {pair.project_name} was distributed before: {training.entries} entries are in its training dataset, "
        f"{test.entries} in its test dataset."
    )


def _edited(pair: Pair) -> str:
    return (
        f"The training dataset of project {pair.project_name} was changed since it was created: somebody may still be "
        f"labeling. Start the distribution by hand when that is done, or tag the project {TAG}=true."
    )


def _nothing_there(pair: Pair) -> str:
    return f"The training dataset of project {pair.project_name} has no entries. Add labeled images to it first."
