"""The advice for an error, and how the workflow retries it."""

import pytest

from lambdas.rules.failures.lookup import advise, errors_of, is_transient
from lambdas.rules.failures.row import ATTEMPTS, Failure, Known, Retried
from lambdas.rules.failures.table import FAILURES, UNKNOWN


def row_of(error: str) -> Failure:
    (row,) = [row for row in FAILURES if error in row.errors]
    return row


@pytest.mark.parametrize(
    ("error", "row"),
    [
        *((error, row) for row in FAILURES for error in row.errors if not error.endswith(".*")),
        ("SNS.NotFoundException", row_of("SNS.*")),
        ("SNS.Client.NotFound", row_of("SNS.*")),
        ("SNS", row_of("SNS.*")),
        ("Lambda.SomethingNew", UNKNOWN),
        ("KeyError", UNKNOWN),
        ("", UNKNOWN),
    ],
)
def test_advice_depends_on_the_error(error: str, row: Failure) -> None:
    assert advise(error) == row.advice


TOO_FEW = (
    "Rekognition could not distribute the entries. Its message for the training and the test dataset: The manifest "
    "file doesn't have enough labeled images to distribute the dataset."
)
CORRECT = (
    "Call ListDatasetEntries with HasErrors to see what is wrong with each. Correct them with UpdateDatasetEntries."
)
START = "Then start a new execution yourself, because no event does."
CREATE = "Then delete the dataset and create it again. If that distributes nothing, start a new execution yourself."


@pytest.mark.parametrize(
    ("cause", "entries", "labeled", "errors", "advice"),
    [
        (TOO_FEW, 10, 0, 10, f"Every entry of the training dataset has an error. {CORRECT} {START}"),
        ("none.", 10, 0, 10, f"Every entry of the training dataset has an error. {CORRECT} {START}"),
        (TOO_FEW, 10, 10, 10, f"Every entry of the training dataset has an error. {CORRECT} {START}"),
        (
            TOO_FEW,
            10,
            0,
            9,
            "No entry of the training dataset has a label that Rekognition can use, and some have errors. "
            f"{CORRECT} {START}",
        ),
        (TOO_FEW, 10, 0, 0, f"No entry of the training dataset has a label. Label its images. {START}"),
        (
            TOO_FEW,
            10,
            9,
            1,
            "The training dataset, or one of its labels, has too few labeled images. Rekognition does not use a broken "
            f"annotation, and some entries have errors. {CORRECT} Or add labeled images. {START}",
        ),
        (
            TOO_FEW,
            10,
            10,
            0,
            "The training dataset, or one of its labels, has too few labeled images. A dry run lists the labels, the "
            f"one with the fewest images first. Add labeled images. {START}",
        ),
        (
            "The manifest file has too many labels.",
            502,
            502,
            0,
            f"A dataset has at most 250 labels. Remove labels in the Rekognition console. {START}",
        ),
        ("An internal error.", 10, 10, 10, None),
        ("none.", 10, 10, 1, None),
        ("none.", 10, 10, 0, None),
        (TOO_FEW.replace("enough", "many"), 0, 0, 0, None),
    ],
)
def test_advice_for_a_failed_distribution_fits_its_cause(
    cause: str, entries: int, labeled: int, errors: int, advice: str | None
) -> None:
    general = (
        "Fix what Rekognition's message in the cause names. If there is none, check both datasets in the Rekognition "
        f"console. {START}"
    )
    assert advise("DistributionFailed", Known(cause, entries, labeled, errors)) == (advice or general)


@pytest.mark.parametrize(
    ("message", "advice"),
    [
        (
            "The manifest file contains images from multiple S3 buckets.",
            "Correct the manifest: all its images must be in one bucket. Copy the others into that bucket, and change "
            "their source-ref.",
        ),
        (
            "The manifest file has too many terminal errors.",
            "Correct the manifest: more than 20% of its lines are blank, are no JSON, have no valid source-ref, or "
            "name an image again.",
        ),
        ("The manifest file has too many labels.", "Correct the manifest: a dataset has at most 250 labels."),
        (
            "The manifest file has too many rows.",
            "Shorten the manifest: it has more lines or bytes than Rekognition accepts in this Region.",
        ),
        (
            "The manifest file size exceeds the maximum supported size.",
            "Shorten the manifest: it has more lines or bytes than Rekognition accepts in this Region.",
        ),
        (
            "The S3 bucket permissions are incorrect.",
            "Allow whoever creates the dataset to read the manifest in S3.",
        ),
        (
            "The manifest file is empty.",
            "Correct the manifest: its name needs an extension, such as .manifest, and each line is a JSON object.",
        ),
        (
            "The manifest file extension or contents are invalid.",
            "Correct the manifest: its name needs an extension, such as .manifest, and each line is a JSON object.",
        ),
        ("An internal error.", "Fix what Rekognition's message in the cause names."),
    ],
)
def test_advice_for_a_failed_creation_fits_the_status_message(message: str, advice: str) -> None:
    cause = f"Rekognition could not create the training dataset of project p: {message}"
    assert advise("DatasetCreationFailed", Known(cause, 10, 0, 10)) == f"{advice} {CREATE}"


def test_a_message_chooses_the_advice_of_its_own_error_only() -> None:
    assert advise("ResourceNotReadyException", Known(TOO_FEW, 10, 0, 10)) == advise("ResourceNotReadyException")


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        ("ThrottlingException", True),
        ("InternalServerError", True),
        ("RecordsUnavailable", True),
        ("ClientError", True),
        ("AccessDeniedException", False),
        ("ResourceNotReadyException", False),
        ("InvalidInput", False),
        ("ClaimLost", False),
        ("KeyError", False),
    ],
)
def test_only_errors_of_services_are_transient(error: str, transient: bool) -> None:
    assert is_transient(error) is transient


def test_patient_retries_last_longer() -> None:
    """(retries, seconds of the first interval, seconds of the longest interval)"""
    assert {how.value: tuple(attempts) for how, attempts in ATTEMPTS.items()} == {
        "quickly": (6, 2, 60),
        "patiently": (10, 4, 60),
    }


def test_transient_errors_are_retried_quickly() -> None:
    assert errors_of(Retried.QUICKLY) == [
        "InternalServerError",
        "EndpointConnectionError",
        "ConnectTimeoutError",
        "ReadTimeoutError",
        "ConnectionClosedError",
        "HTTPClientError",
        "SSLError",
        "ClientError",
        "Lambda.ServiceException",
        "Lambda.AWSLambdaException",
        "Lambda.SdkClientException",
        "Lambda.ClientExecutionTimeoutException",
        "Lambda.Unknown",
        "Sandbox.Timedout",
        "Runtime.ExitError",
        "Runtime.OutOfMemory",
        "Runtime.LambdaRuntimeClientError",
        "States.Timeout",
        "RecordsUnavailable",
        "OwnerUnknown",
    ]


def test_errors_are_found_by_their_kind_of_retry() -> None:
    patiently = ["ThrottlingException", "ProvisionedThroughputExceededException", "Lambda.TooManyRequestsException"]
    assert errors_of(Retried.PATIENTLY) == patiently
    assert errors_of(Retried.WAITED_FOR, Retried.PATIENTLY) == [
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "ResourceNotReadyException",
        "ResourceInUseException",
        "LimitExceededException",
        "Lambda.TooManyRequestsException",
    ]
    assert "SNS.*" not in errors_of(*Retried)
