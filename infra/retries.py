"""The names of errors that are worth another try, as Step Functions sees them: the exception's class name."""

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

# Those after which the call surely took no effect: the only ones to repeat a call for that cannot be undone.
NEVER_ACCEPTED = [
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "Lambda.TooManyRequestsException",
]
