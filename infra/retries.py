"""The names of errors that are worth another try, as Step Functions sees them: the exception's class name."""

# AWS Step Functions Developer Guide, "Best practices": transient errors of the Lambda service itself.
LAMBDA_ERRORS = [
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
]

# Rekognition's own, and what botocore raises when no answer came.
SERVICE_ERRORS = [
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "InternalServerError",
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ConnectionClosedError",
]

# Those after which the call surely took no effect: the only ones to repeat a call for that cannot be undone.
NEVER_ACCEPTED = [
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "Lambda.TooManyRequestsException",
]
