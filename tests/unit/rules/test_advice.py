"""The advice for an error, and how the workflow retries it."""

import pytest

from lambdas.rules.failures import ATTEMPTS, FAILURES, UNKNOWN, Failure, Retried, advise, errors_of, is_transient


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
