"""Which errors are worth another try, as Step Functions names them: by the exception's class. And how it is tried."""

from aws_cdk import Duration
from aws_cdk import aws_stepfunctions as sfn

# AWS Step Functions Developer Guide, "Best practices": transient errors of the Lambda service itself.
LAMBDA_ERRORS = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",  # out of memory, or the function's own timeout
    "States.Timeout",
]

# Rekognition's own, an error that no model names (a bare 503), and what botocore raises when no answer came.
SERVICE_ERRORS = [
    "ClientError",
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "InternalServerError",
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ConnectionClosedError",
    "HTTPClientError",
]

# Something is going on with a dataset: an earlier try of the same call, or somebody else's. Waiting tells.
BUSY = ["ResourceNotReadyException", "ResourceInUseException"]


def retry(task: sfn.TaskStateBase, errors: list[str]) -> None:
    """Six times within some two minutes, each at a random moment of its interval."""
    task.add_retry(
        errors=errors,
        interval=Duration.seconds(2),
        backoff_rate=2,
        max_attempts=6,
        max_delay=Duration.seconds(60),
        jitter_strategy=sfn.JitterType.FULL,
    )


def retry_unless(task: sfn.TaskStateBase, answers: list[str]) -> None:
    """Whatever happens, except for errors that are answers: Step Functions retries before it catches."""
    if answers:
        task.add_retry(errors=answers, max_attempts=0)
    retry(task, ["States.ALL"])
