"""The errors of the API: a code, an HTTP status and a sentence."""

# Amazon Rekognition API Reference, "Errors" of each operation: these have status 500, all others 400.
FAULTS = frozenset({"InternalServerError", "ThrottlingException"})


class ServiceError(Exception):
    """An error of an operation; `code` is the name of an exception of the API."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    @property
    def http_status(self) -> int:
        return 500 if self.code in FAULTS else 400


def invalid_parameter(message: str) -> ServiceError:
    return ServiceError("InvalidParameterException", message)


def not_found(arn: str) -> ServiceError:
    return ServiceError("ResourceNotFoundException", f"There is no resource {arn}.")
