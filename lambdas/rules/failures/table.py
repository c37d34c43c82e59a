"""The table of failures: for each error how it is retried, why it occurs, and what a person does about it.

The workflow's retries, the notifications of failures and docs/runbook.md come from this table. An error has the name
that Step Functions matches. For an error of a function that is the class of the exception.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Attempts(NamedTuple):
    """At most `most` retries. The first interval has `interval` seconds; each next one doubles, up to `longest`.

    Full jitter: each retry comes at a random moment of its interval.
    """

    most: int
    interval: int
    longest: int


class Retried(Enum):
    """How the workflow retries the state that failed with the error. The values are texts of the runbook."""

    NO_TASK = "no task fails with it"
    NEVER = "no, the execution fails at once"
    CAUGHT = "no, the workflow catches the error and continues"
    WAITED_FOR = "no, the workflow waits for the datasets"
    QUICKLY = "quickly"
    PATIENTLY = "patiently"


ATTEMPTS = {Retried.QUICKLY: Attempts(6, 2, 60), Retried.PATIENTLY: Attempts(10, 4, 60)}


class Known(NamedTuple):
    """What is known of a failure beside its error: the cause, and the training dataset's DatasetStats before it."""

    cause: str = ""
    entries: int = 0
    labeled: int = 0
    errors: int = 0


_NOTHING = Known()


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Advice that fits better than that of the row, if the situation applies. `when` follows "If" in the runbook."""

    when: str
    applies: Callable[[Known], bool]
    advice: str


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A row of the table. An error that ends in `.*` stands for every other error of that service.

    If several `situations` apply, the first one has the advice.
    """

    errors: tuple[str, ...]
    retried: Retried = Retried.NEVER
    why: str
    advice: str
    situations: tuple[Situation, ...] = ()


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
_START_AGAIN = "Then start a new execution yourself, because no event does."
_CREATE_AGAIN = "Then delete the dataset and create it again: that starts a new execution."

_UNDISTRIBUTABLE = (
    Situation(
        when="every entry has an error",
        applies=lambda known: (
            0 < known.entries <= known.errors and (not known.labeled or TOO_FEW_IMAGES in known.cause)
        ),
        advice=f"Every entry of the training dataset has an error. {_CORRECT} {_START_AGAIN}",
    ),
    Situation(
        when="no entry has a label, and some have errors",
        applies=lambda known: known.entries > 0 and not known.labeled and known.errors > 0,
        advice="No entry of the training dataset has a label that Rekognition can use, and some have errors. "
        f"{_CORRECT} {_START_AGAIN}",
    ),
    Situation(
        when="no entry has a label",
        applies=lambda known: known.entries > 0 and not known.labeled,
        advice=f"No entry of the training dataset has a label. Label its images. {_START_AGAIN}",
    ),
    Situation(
        when="there are too few labeled images, and some entries have errors",
        applies=lambda known: TOO_FEW_IMAGES in known.cause and known.errors > 0,
        advice="The training dataset, or one of its labels, has too few labeled images. Rekognition does not use a "
        f"broken annotation, and some entries have errors. {_CORRECT} Or add labeled images. {_START_AGAIN}",
    ),
    Situation(
        when="there are too few labeled images",
        applies=_says(TOO_FEW_IMAGES),
        advice="The training dataset, or one of its labels, has too few labeled images. A dry run lists the labels, "
        f"the one with the fewest images first. Add labeled images. {_START_AGAIN}",
    ),
    Situation(
        when="there are too many labels",
        applies=_says(TOO_MANY_LABELS),
        advice=f"A dataset has at most 250 labels. Remove labels in the Rekognition console. {_START_AGAIN}",
    ),
)

_UNCREATABLE = (
    Situation(
        when="the manifest names several S3 buckets",
        applies=_says("images from multiple S3 buckets"),
        advice="Correct the manifest: all its images must be in one bucket. Copy the others into that bucket, and "
        f"change their source-ref. {_CREATE_AGAIN}",
    ),
    Situation(
        when="the manifest has too many wrong lines",
        applies=_says("too many terminal errors"),
        advice="Correct the manifest: more than 20% of its lines are blank, are no JSON, have no valid source-ref, "
        f"or name an image again. {_CREATE_AGAIN}",
    ),
    Situation(
        when="the manifest has too many labels",
        applies=_says(TOO_MANY_LABELS),
        advice=f"Correct the manifest: a dataset has at most 250 labels. {_CREATE_AGAIN}",
    ),
    Situation(
        when="the manifest is too large",
        applies=_says("too many rows", "exceeds the maximum supported size"),
        advice="Shorten the manifest: it has more lines or bytes than Rekognition accepts in this Region. "
        f"{_CREATE_AGAIN}",
    ),
    Situation(
        when="Rekognition cannot read the manifest",
        applies=_says("The S3 bucket permissions are incorrect"),
        advice=f"Allow whoever creates the dataset to read the manifest in S3. {_CREATE_AGAIN}",
    ),
    Situation(
        when="the manifest is wrong in another way",
        applies=_says("The manifest file"),
        advice="Correct the manifest: its name needs an extension, such as .manifest, and each line is a JSON object. "
        f"{_CREATE_AGAIN}",
    ),
)

LIMIT = "LimitExceededException"  # all projects of the account share this limit, so it can last
BUSY = Failure(
    errors=("ResourceNotReadyException", "ResourceInUseException", LIMIT),
    retried=Retried.WAITED_FOR,
    why="A dataset is being changed, or the account is already changing as many datasets as Rekognition allows.",
    advice="Wait until the Rekognition console shows both datasets as complete. Then start a new execution.",
)
"""When a start fails so, an earlier try of the same call may be in progress, or somebody else's. Only polls show it."""

CHANGED = Failure(
    errors=("PairChanged",),
    retried=Retried.CAUGHT,
    why="A dataset changed after the decision, so Rekognition was not called. The workflow decides again.",
    advice="Start a new execution.",
)

LOST = Failure(
    errors=("ClaimLost",),
    retried=Retried.CAUGHT,
    why="Somebody aborted this execution, another one took over its pair, and somebody then redrove this one. It asks "
    "for the pair again.",
    advice="Start a new execution.",
)
"""The start made no call: an execution that has lost its claim asks Rekognition for nothing."""

FAILURES = (
    Failure(
        errors=("InvalidInput",),
        why="The input of the execution is not one of the accepted forms.",
        advice="Nothing was changed. Start a new execution with one of the inputs that the cause lists.",
    ),
    Failure(
        errors=("ProjectNotFound",),
        why="The project, or a dataset that the input names, does not exist in this account and Region.",
        advice="Nothing was changed. Start a new execution with the project's name as the Rekognition console shows "
        "it.",
    ),
    Failure(
        errors=("ProjectNotCovered",),
        why="This deployment does not cover the project. Its setting `projects` lists the projects that it covers.",
        advice="Nothing was changed. Start a new execution in the deployment that covers this project. Or add the "
        "project to the setting 'projects' of this deployment, and deploy it again.",
    ),
    Failure(
        errors=("DatasetMissing",),
        why="The project has no training dataset or no test dataset.",
        advice="Nothing was changed. Create the missing dataset. If its creation starts no execution, start a new one.",
    ),
    Failure(
        errors=("TestDatasetNotEmpty",),
        why="The test dataset has entries that no distribution of this stack put there. Rekognition distributes only "
        "into an empty test dataset.",
        advice="Nothing was changed. If these entries are the test set that you want, there is nothing to do.",
    ),
    Failure(
        errors=("TrainingDatasetEmpty",),
        why="The training dataset has no entries, so there is nothing to distribute.",
        advice="Nothing was changed. Start a new execution when the training dataset has labeled images.",
    ),
    Failure(
        errors=("DatasetCreationFailed",),
        retried=Retried.NO_TASK,
        why="Rekognition could not create one of the datasets (`CREATE_FAILED`). The cause contains the StatusMessage.",
        advice=f"Fix what Rekognition's message in the cause names. {_CREATE_AGAIN}",
        situations=_UNCREATABLE,
    ),
    Failure(
        errors=("CreationTimedOut",),
        retried=Retried.NO_TASK,
        why="A dataset was still being created or changed when the deadline `creationDeadlineHours` passed.",
        advice="Nothing was distributed. Check the dataset in the Rekognition console. When it is complete, start a "
        "new execution.",
    ),
    Failure(
        errors=("DistributionFailed",),
        retried=Retried.NO_TASK,
        why="Rekognition accepted the distribution and could not complete it (`UPDATE_FAILED`). The cause contains "
        "the StatusMessage.",
        advice="Fix what Rekognition's message in the cause names. If there is none, check both datasets in the "
        f"Rekognition console. {_START_AGAIN}",
        situations=_UNDISTRIBUTABLE,
    ),
    Failure(
        errors=("DistributionTimedOut",),
        retried=Retried.NO_TASK,
        why="Rekognition had not finished when the deadline `distributionDeadlineHours` passed.",
        advice="The distribution may still finish: check the datasets in the Rekognition console. A new execution "
        "continues to wait for the same distribution.",
    ),
    Failure(
        errors=("ThrottlingException", "ProvisionedThroughputExceededException"),
        retried=Retried.PATIENTLY,
        why="The account made more calls than Rekognition accepts: by default 5 per second for each operation in an "
        "account and Region (*Amazon Rekognition endpoints and quotas*, AWS General Reference).",
        advice="Start a new execution when fewer calls are made. The rate can be raised in the Service Quotas console.",
    ),
    Failure(
        errors=("InternalServerError",),
        retried=Retried.QUICKLY,
        why="Rekognition answered with internal errors for some minutes.",
        advice="Check the AWS Health Dashboard, and start a new execution later. It finds out whether the failed call "
        "took effect.",
    ),
    Failure(
        errors=("AccessDeniedException",),
        why="The role of a function does not allow a call, or a service control policy denies it.",
        advice="Allow the action on the resource that the cause names, or deploy the stack again. For s3:GetObject, "
        "deploy it with the setting 'imageBuckets'. Then start a new execution.",
    ),
    Failure(
        errors=("InvalidParameterException",),
        why="Rekognition refused the datasets. They had passed every check, so somebody may have changed them since.",
        advice="Check both datasets in the Rekognition console. Then start a new execution.",
    ),
    Failure(
        errors=("ResourceNotFoundException",),
        why="Somebody deleted a dataset while the execution was running.",
        advice="The deleted dataset is gone. If somebody has created a new pair, its creation started another "
        "execution.",
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
        why="A function received no answer from an AWS service. The cause is the network or the service.",
        advice="Start a new execution later. It finds out whether the call took effect.",
    ),
    Failure(
        errors=("ClientError",),
        retried=Retried.QUICKLY,
        why="An AWS service answered with an error that its API does not list, for example a missing permission.",
        advice="Read the service's message in the cause and fix what it names. Then start a new execution.",
    ),
    Failure(
        errors=(
            "Lambda.ServiceException",
            "Lambda.AWSLambdaException",
            "Lambda.SdkClientException",
            "Lambda.ClientExecutionTimeoutException",
        ),
        retried=Retried.QUICKLY,
        why="Lambda could not run a function, or the workflow lacks the permission to invoke it. The cause says which.",
        advice="If a permission is missing, deploy the stack again. If not, check the AWS Health Dashboard. Then "
        "start a new execution.",
    ),
    Failure(
        errors=("Lambda.TooManyRequestsException",),
        retried=Retried.PATIENTLY,
        why="The account already runs as many functions at once as its quota allows.",
        advice="Start a new execution when fewer functions run. Or have the account's concurrency raised in the "
        "Service Quotas console.",
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
        why="A function ended before it was done: it ran out of memory or time, or Lambda ended it.",
        advice="Find the cause in the function's log group. Then start a new execution.",
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
        why="Lambda's runtime could not load a function, read its input, or write its answer.",
        advice="If the cause is about the input, start a new execution with an accepted input. If not, the deployed "
        "code is incomplete: deploy the stack again, then start a new execution.",
    ),
    Failure(
        errors=("States.Timeout",),
        retried=Retried.QUICKLY,
        why="A service did not answer a task of the workflow in time.",
        advice="Start a new execution later. It finds out what took effect.",
    ),
    Failure(
        errors=("RecordsUnavailable",),
        retried=Retried.QUICKLY,
        why="A function could not read or write the table of records.",
        advice="If a permission or the table is missing, deploy the stack again. Then start a new execution.",
    ),
    Failure(
        errors=("OwnerUnknown",),
        retried=Retried.QUICKLY,
        why="Step Functions did not say whether the execution that owns the pair is still running.",
        advice="Start a new execution later.",
    ),
    Failure(
        errors=("SNS.*",),
        retried=Retried.QUICKLY,
        why="SNS did not accept a message.",
        advice="Read the outcome in the execution's cause or in the record of the pair. Fix the error that the cause "
        "names.",
    ),
    Failure(
        errors=("States.Runtime", "States.DataLimitExceeded", "States.QueryEvaluationError", "States.NoChoiceMatched"),
        retried=Retried.NO_TASK,
        why="The workflow has a defect, or somebody has changed a record. A Catch cannot catch most of these errors.",
        advice="Start a new execution with the project's name. If it fails in the same way, report the execution's "
        "history.",
    ),
)

UNKNOWN = Failure(
    errors=("States.ALL",),
    retried=Retried.QUICKLY,
    why="This page does not list the error.",
    advice="Read the cause and the function's log group. Fix the problem, then start a new execution.",
)

UNNOTICED = (
    Failure(
        errors=("ABORTED",),
        retried=Retried.NO_TASK,
        why="Somebody stopped the execution. A rule of EventBridge sends a message `ABORTED: …` to the same topic. A "
        "distribution that the execution had started continues.",
        advice="To follow that distribution to its end, redrive the execution or start a new one. If you need no "
        "outcome, do nothing.",
    ),
    Failure(
        errors=("TIMED_OUT",),
        retried=Retried.NO_TASK,
        why="The execution took longer than its two deadlines and one hour. This happens only when a task does not "
        "answer. A rule of EventBridge sends a message `TIMED_OUT: …`.",
        advice="Check in which state the execution ended. Then start a new execution, which continues from there.",
    ),
    Failure(
        errors=("Nobody could be notified",),
        retried=Retried.NO_TASK,
        why="SNS did not accept the message with the outcome. The execution fails. Its cause begins with the outcome, "
        "which the record contains, too. A rule of EventBridge tries to notify people, for up to 24 hours if SNS "
        "answers with a 5xx or 429. If it fails, the event is in the dead-letter queue with `WatchUndelivered` in "
        "its name, and the alarm of that queue is red in the CloudWatch console.",
        advice="Fix what SNS names (the topic, its policy, its key), then purge the queue. If the pair is "
        "distributed, no other execution is needed.",
    ),
    Failure(
        errors=("An event that started nothing",),
        retried=Retried.NO_TASK,
        why="EventBridge could not start an execution. It retries for up to 24 hours after a 5xx or 429, and not at "
        "all after any other error, such as a missing permission. The event is in the dead-letter queue with "
        "`TriggerUndelivered` in its name. The alarm of that queue is red and notifies people through the alarm "
        "topic.",
        advice="Fix what the message's attributes `ERROR_CODE` and `ERROR_MESSAGE` name. Start an execution with the "
        "event's `projectArn` as `ProjectArn`. Then purge the queue.",
    ),
)
"""Endings that no notification of the workflow itself can report."""


def errors_of(*how: Retried) -> list[str]:
    """The errors that are retried in one of these ways, without those that stand for a whole service."""
    return [error for row in FAILURES if row.retried in how for error in row.errors if not _stands_for_service(error)]


def is_transient(error: str) -> bool:
    """Whether the error goes away without a person: a service or the network failed."""
    return error in TRANSIENT


def advise(error: str, known: Known = _NOTHING) -> str:
    """The advice for the error in this situation, or for the service in front of its name, or the general advice."""
    row = _ROWS.get(error) or _ROWS.get(error.partition(".")[0]) or UNKNOWN
    return next((each.advice for each in row.situations if each.applies(known)), row.advice)


def _stands_for_service(error: str) -> bool:
    return error.endswith(".*")


TRANSIENT = errors_of(Retried.QUICKLY, Retried.PATIENTLY)
_ROWS = {error.removesuffix(".*"): row for row in FAILURES for error in row.errors}
