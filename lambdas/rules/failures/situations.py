"""Advice that depends on Rekognition's message and on the training dataset, for two errors of the table."""

from collections.abc import Callable

from lambdas.rules.failures.row import Known, Situation
from lambdas.rules.share import MOST_LABELS


def _says(*messages: str) -> Callable[[Known], bool]:
    """Whether the cause contains one of these parts of a StatusMessage."""
    return lambda known: any(message in known.cause for message in messages)


# The texts of StatusMessage, and how to fix what they name: "Terminal errors" (Amazon Rekognition Custom Labels
# Developer Guide). The text about S3 buckets: the example of DescribeDataset (Rekognition API Reference).
TOO_FEW_IMAGES = "The manifest file doesn't have enough labeled images to distribute the dataset."
TOO_MANY_LABELS = "The manifest file has too many labels."
_CORRECT = (
    "Call ListDatasetEntries with HasErrors to see what is wrong with each. Correct them with UpdateDatasetEntries."
)
START_AGAIN = "Then start a new execution yourself, because no event does."
CREATE_AGAIN = (
    "Then delete the dataset and create it again. If that distributes nothing, start a new execution yourself."
)

UNDISTRIBUTABLE = (
    Situation(
        when="every entry has an error",
        applies=lambda known: (
            0 < known.entries <= known.errors and (not known.labeled or TOO_FEW_IMAGES in known.cause)
        ),
        advice=f"Every entry of the training dataset has an error. {_CORRECT} {START_AGAIN}",
    ),
    Situation(
        when="no entry has a label, and some have errors",
        applies=lambda known: known.entries > 0 and not known.labeled and known.errors > 0,
        advice="No entry of the training dataset has a label that Rekognition can use, and some have errors. "
        f"{_CORRECT} {START_AGAIN}",
    ),
    Situation(
        when="no entry has a label",
        applies=lambda known: known.entries > 0 and not known.labeled,
        advice=f"No entry of the training dataset has a label. Label its images. {START_AGAIN}",
    ),
    Situation(
        when="there are too few labeled images, and some entries have errors",
        applies=lambda known: TOO_FEW_IMAGES in known.cause and known.errors > 0,
        advice="The training dataset, or one of its labels, has too few labeled images. Rekognition does not use a "
        f"broken annotation, and some entries have errors. {_CORRECT} Or add labeled images. {START_AGAIN}",
    ),
    Situation(
        when="there are too few labeled images",
        applies=_says(TOO_FEW_IMAGES),
        advice="The training dataset, or one of its labels, has too few labeled images. A dry run lists the labels, "
        f"the one with the fewest images first. Add labeled images. {START_AGAIN}",
    ),
    Situation(
        when="there are too many labels",
        applies=_says(TOO_MANY_LABELS),
        advice=f"A dataset has at most {MOST_LABELS} labels. Remove labels in the Rekognition console. {START_AGAIN}",
    ),
)

UNCREATABLE = (
    Situation(
        when="the manifest names several S3 buckets",
        applies=_says("images from multiple S3 buckets"),
        advice="Correct the manifest: all its images must be in one bucket. Copy the others into that bucket, and "
        f"change their source-ref. {CREATE_AGAIN}",
    ),
    Situation(
        when="the manifest has too many wrong lines",
        applies=_says("too many terminal errors"),
        advice="Correct the manifest: more than 20% of its lines are blank, are no JSON, have no valid source-ref, "
        f"or name an image again. {CREATE_AGAIN}",
    ),
    Situation(
        when="the manifest has too many labels",
        applies=_says(TOO_MANY_LABELS),
        advice=f"Correct the manifest: a dataset has at most {MOST_LABELS} labels. {CREATE_AGAIN}",
    ),
    Situation(
        when="the manifest is too large",
        applies=_says("too many rows", "exceeds the maximum supported size"),
        advice="Shorten the manifest: it has more lines or bytes than Rekognition accepts in this Region. "
        f"{CREATE_AGAIN}",
    ),
    Situation(
        when="Rekognition cannot read the manifest",
        applies=_says("The S3 bucket permissions are incorrect"),
        advice=f"Allow whoever creates the dataset to read the manifest in S3. {CREATE_AGAIN}",
    ),
    Situation(
        when="the manifest is wrong in another way",
        applies=_says("The manifest file"),
        advice="Correct the manifest: its name needs an extension, such as .manifest, and each line is a JSON object. "
        f"{CREATE_AGAIN}",
    ),
)
