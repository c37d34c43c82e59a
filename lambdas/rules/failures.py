"""Every failure: how its error is tried again, why it comes, and what a person does about it.

The workflow's retries, the notification of a failure and docs/runbook.md come from this table. Errors have the names
that Step Functions matches: of a function, the class of what it raised.
"""

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Attempts(NamedTuple):
    """How often more: the first within `interval` seconds, each within twice that of the one before, or `longest`.

    Full jitter: each at a random moment of its interval.
    """

    most: int
    interval: int
    longest: int


class Retried(Enum):
    """How an error is answered by another try of the same state."""

    NO_TASK = "no task fails with it"
    NEVER = "no, it fails at once"
    WAITED_FOR = "no, the datasets are waited for"
    QUICKLY = "quickly"
    PATIENTLY = "patiently"


ATTEMPTS = {Retried.QUICKLY: Attempts(6, 2, 60), Retried.PATIENTLY: Attempts(10, 4, 60)}


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A row. An error that ends in `.*` stands for every other one of that service."""

    errors: tuple[str, ...]
    retried: Retried = Retried.NEVER
    why: str
    advice: str


LIMIT = "LimitExceededException"  # of all projects together: it may last
BUSY = Failure(
    errors=("ResourceNotReadyException", "ResourceInUseException", LIMIT),
    retried=Retried.WAITED_FOR,
    why="A dataset is being changed, or as many as the account may change at once.",
    advice="Wait until Rekognition shows both datasets as complete, then start it again.",
)
"""Of a start it says that something goes on: an earlier try of the same call, or somebody else's. Waiting tells."""

CHANGED = Failure(
    errors=("PairChanged",),
    why="A dataset has changed between the decision and the call, which was not made. The workflow decides anew.",
    advice="Start it again.",
)

LOST = Failure(
    errors=("ClaimLost",),
    why="Another execution took the pair over while this one was aborted; it was redriven. It asks for the pair again.",
    advice="Start it again.",
)
"""Of a start that did not call: whoever owns the pair no more asks Rekognition for nothing."""

FAILURES = (
    Failure(
        errors=("InvalidInput",),
        why="The input is none of the accepted forms.",
        advice="Nothing was changed. Start it again with one of the inputs that the cause names.",
    ),
    Failure(
        errors=("ProjectNotFound",),
        why="The project, or a dataset that the input names, does not exist in this account and Region.",
        advice="Nothing was changed. Start it again with the name that the Rekognition console shows.",
    ),
    Failure(
        errors=("ProjectNotCovered",),
        why="The deployment is for other projects: its setting projects says for which.",
        advice="Nothing was changed. Start it in the deployment that is for this project, or deploy this one with the "
        "project's name in the setting projects.",
    ),
    Failure(
        errors=("DatasetMissing",),
        why="The project lacks its training dataset or its test dataset.",
        advice="Nothing was changed. Once the dataset exists, start it again, unless its creation has done so.",
    ),
    Failure(
        errors=("TestDatasetNotEmpty",),
        why="Rekognition distributes into an empty test dataset only, and no distribution of this stack filled it.",
        advice="Nothing was changed. If these entries are the test set that you want, there is nothing to do.",
    ),
    Failure(
        errors=("TrainingDatasetEmpty",),
        why="There is nothing to distribute.",
        advice="Nothing was changed. Start it again when the training dataset has labeled images.",
    ),
    Failure(
        errors=("DatasetCreationFailed",),
        retried=Retried.NO_TASK,
        why="Rekognition could not create one of the datasets: CREATE_FAILED. The cause has its StatusMessage.",
        advice="Nothing was distributed. The creation of the new dataset starts it again by itself.",
    ),
    Failure(
        errors=("CreationTimedOut",),
        retried=Retried.NO_TASK,
        why="A dataset was still being created or changed when the setting creationDeadlineHours had passed.",
        advice="Nothing was distributed. Look at the dataset in the Rekognition console; when it is complete, start it "
        "again.",
    ),
    Failure(
        errors=("DistributionFailed",),
        retried=Retried.NO_TASK,
        why="Rekognition took the distribution on and could not do it: UPDATE_FAILED. The cause has its StatusMessage.",
        advice="Most often a label has too few images. Add labeled images to the training dataset, then start it again "
        "by hand.",
    ),
    Failure(
        errors=("DistributionTimedOut",),
        retried=Retried.NO_TASK,
        why="Rekognition had not finished when the setting distributionDeadlineHours had passed.",
        advice="It may still finish: look at the datasets in the Rekognition console. A new execution goes on waiting "
        "for the same distribution.",
    ),
    Failure(
        errors=("ThrottlingException", "ProvisionedThroughputExceededException"),
        retried=Retried.PATIENTLY,
        why="More calls than Rekognition takes: 5 a second for each operation in an account and Region.",
        advice="Start it again when less is going on. The rate can be raised in the Service Quotas console.",
    ),
    Failure(
        errors=("InternalServerError",),
        retried=Retried.QUICKLY,
        why="A fault of Rekognition's own, for some minutes on end.",
        advice="Look at the AWS Health Dashboard, and start it again later. A new execution sees whether the call that "
        "failed took effect.",
    ),
    Failure(
        errors=("AccessDeniedException",),
        why="A function's role may not make a call, or a service control policy forbids it.",
        advice="The cause names the action and the resource: allow it, or deploy the stack again, then start it again. "
        "For s3:GetObject, deploy it with the setting imageBuckets.",
    ),
    Failure(
        errors=("InvalidParameterException",),
        why="Rekognition refused the datasets. They were in order when they were looked at: somebody may have changed "
        "them since.",
        advice="Look at both datasets in the Rekognition console, then start it again.",
    ),
    Failure(
        errors=("ResourceNotFoundException",),
        why="A dataset was deleted while the execution was at work.",
        advice="What was deleted is gone. If a new pair was created, its creation has started an execution of its own.",
    ),
    BUSY,
    LOST,
    CHANGED,
    Failure(
        errors=(
            "EndpointConnectionError",
            "ConnectTimeoutError",
            "ReadTimeoutError",
            "ConnectionClosedError",
            "HTTPClientError",
            "SSLError",
        ),
        retried=Retried.QUICKLY,
        why="A function got no answer from an AWS service: the network between them, or the service.",
        advice="Start it again later. A new execution sees whether the call took effect.",
    ),
    Failure(
        errors=("ClientError",),
        retried=Retried.QUICKLY,
        why="An AWS service answered with an error that its API does not list; a missing permission can be one.",
        advice="The cause has the service's own words. Mend what they say, then start it again.",
    ),
    Failure(
        errors=(
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.ClientExecutionTimeoutException",
        ),
        retried=Retried.QUICKLY,
        why="Lambda could not run a function, or may not: the cause says which.",
        advice="If it is a missing permission, deploy the stack again; if not, look at the AWS Health Dashboard. Then "
        "start it again.",
    ),
    Failure(
        errors=("Lambda.TooManyRequestsException",),
        retried=Retried.PATIENTLY,
        why="The account runs as many functions at once as it may.",
        advice="Start it again when less is going on, or have the account's concurrency raised in the Service Quotas "
        "console.",
    ),
    Failure(
        errors=(
            "Lambda.Unknown",
            "Sandbox.Timedout",
            "Runtime.ExitError",
            "Runtime.OutOfMemory",
            "Runtime.LambdaRuntimeClientError",
        ),
        retried=Retried.QUICKLY,
        why="A function was ended in the middle: out of memory, out of time, or by Lambda.",
        advice="Look at the function's log group for the cause, then start it again.",
    ),
    Failure(
        errors=(
            "Runtime.UnmarshalError",
            "Runtime.LambdaContextUnmarshalError",
            "Runtime.MarshalError",
            "Runtime.ImportModuleError",
            "Runtime.HandlerNotFound",
            "Runtime.MalformedHandlerName",
            "Runtime.UserCodeSyntaxError",
            "Runtime.BuiltInModuleConflict",
            "Runtime.BeforeSnapshotError",
            "Runtime.AfterRestoreError",
        ),
        why="Lambda's runtime could not load a function, read what it was given, or write what it answered.",
        advice="If the cause speaks of the input, start it again with one of the accepted inputs. If not, the deployed "
        "code is incomplete: deploy the stack again, then start it again.",
    ),
    Failure(
        errors=("States.Timeout",),
        retried=Retried.QUICKLY,
        why="A service did not answer a task of the workflow in time.",
        advice="Start it again later. A new execution sees what took effect.",
    ),
    Failure(
        errors=("RecordsUnavailable",),
        retried=Retried.QUICKLY,
        why="The table of records could not be read or written.",
        advice="If it is a missing permission or a missing table, deploy the stack again; then start it again.",
    ),
    Failure(
        errors=("OwnerUnknown",),
        retried=Retried.QUICKLY,
        why="Step Functions did not say whether the execution that owns the pair still runs.",
        advice="Start it again later.",
    ),
    Failure(
        errors=("SNS.*",),
        retried=Retried.QUICKLY,
        why="SNS did not take a message.",
        advice="The execution's cause and the record of the pair say what came of it. Mend what the cause says.",
    ),
    Failure(
        errors=("States.Runtime", "States.DataLimitExceeded", "States.QueryEvaluationError", "States.NoChoiceMatched"),
        retried=Retried.NO_TASK,
        why="A defect of the workflow, or a record that somebody has changed. Most of these no Catch can catch.",
        advice="Start it again by hand with the project's name; if it fails the same way, report the execution's "
        "history.",
    ),
)

UNKNOWN = Failure(
    errors=("States.ALL",),
    retried=Retried.QUICKLY,
    why="An error that nobody has foreseen.",
    advice="The cause and the function's log group say more. Start it again when it is mended.",
)

UNNOTICED = (
    Failure(
        errors=("ABORTED",),
        retried=Retried.NO_TASK,
        why="Somebody stopped the execution. A rule of EventBridge tells it: a message `ABORTED: …` through the same "
        "topic. What the execution had asked of Rekognition goes on.",
        advice="Redrive it, or start a new execution: either goes on with what was asked for. To leave it at that, do "
        "nothing.",
    ),
    Failure(
        errors=("TIMED_OUT",),
        retried=Retried.NO_TASK,
        why="The execution took longer than both its deadlines and an hour, which it does not by itself: a task did "
        "not answer. A rule of EventBridge tells it: a message `TIMED_OUT: …`.",
        advice="Look at the state that it was in, then start a new execution, which goes on where this one ended.",
    ),
    Failure(
        errors=("Nobody could be notified",),
        retried=Retried.NO_TASK,
        why="SNS did not take the message of an outcome. The execution is red and its cause begins with what came of "
        "the pair, which the record has too. A rule of EventBridge tries to tell it for 24 hours; what it could not "
        "tell either is in the queue *Watch … Undelivered*, whose alarm is red in the CloudWatch console.",
        advice="Mend what SNS says (the topic, its policy, its key), then purge the queue. A distribution that is done "
        "needs no other execution.",
    ),
    Failure(
        errors=("An event that started nothing",),
        retried=Retried.NO_TASK,
        why="EventBridge could not start an execution within 24 hours, for want of a permission say. The event is in "
        "the queue *Trigger … Undelivered*, whose alarm is red and told through the topic.",
        advice="Mend what the message's attributes ERROR_CODE and ERROR_MESSAGE say, start an execution by hand with "
        "the event as its input, then purge the queue.",
    ),
)
"""What no notification of the workflow's own can say."""


def errors_of(*how: Retried) -> list[str]:
    """The errors of a function that are retried like this."""
    return [error for row in FAILURES if row.retried in how for error in row.errors if not _of_a_service(error)]


def is_transient(error: str) -> bool:
    """Whether it passes by itself: a fault of a service, or of the way to it."""
    return error in TRANSIENT


def advise(error: str) -> str:
    """What to do: by its name, by the service in front of the name, or in general."""
    advice = {name.removesuffix(".*"): row.advice for row in FAILURES for name in row.errors}
    return advice.get(error) or advice.get(error.partition(".")[0]) or UNKNOWN.advice


def _of_a_service(error: str) -> bool:
    return error.endswith(".*")


TRANSIENT = errors_of(Retried.QUICKLY, Retried.PATIENTLY)
