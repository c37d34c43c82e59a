"""The table of failures: for each error how it is retried, why it occurs, and what a person does about it.

The workflow's retries, the notifications of failures and docs/runbook.md come from this table. An error has the name
that Step Functions matches. For an error of a function that is the class of the exception.
"""

from lambdas.rules.failures.row import Failure, Retried
from lambdas.rules.failures.situations import CREATE_AGAIN, START_AGAIN, UNCREATABLE, UNDISTRIBUTABLE

BUSY = Failure(
    errors=("ResourceNotReadyException", "ResourceInUseException"),
    retried=Retried.WAITED_FOR,
    why="A dataset is being changed.",
    advice="Wait until the Rekognition console shows both datasets as complete. Then start a new execution.",
)
"""When a start fails so, an earlier try of the same call may be in progress, or somebody else's. Only polls show it."""

LIMIT = "LimitExceededException"  # not documented for this call; the workflow takes it for a limit of the account
LIMITED = Failure(
    errors=(LIMIT,),
    retried=Retried.WAITED_FOR,
    why="Rekognition refused the call because of a limit until the deadline `distributionDeadlineHours` passed.",
    advice="Wait until no other dataset of the account is being changed. Then start a new execution.",
)

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
        why="The test dataset has entries, and no record says that this stack distributed the present pair. "
        "Rekognition distributes only into an empty test dataset.",
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
        advice=f"Fix what Rekognition's message in the cause names. {CREATE_AGAIN}",
        situations=UNCREATABLE,
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
        why="Rekognition accepted the distribution. Then a dataset became `UPDATE_FAILED`, and the cause contains its "
        "StatusMessage; or no poll showed an effect for five minutes.",
        advice="Fix what Rekognition's message in the cause names. If there is none, check both datasets in the "
        f"Rekognition console. {START_AGAIN}",
        situations=UNDISTRIBUTABLE,
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
        why="Rekognition answered every retry with an internal error.",
        advice="Check the AWS Health Dashboard, and start a new execution later. It finds out whether the failed call "
        "took effect.",
    ),
    Failure(
        errors=("AccessDeniedException",),
        why="The role of a function does not allow a call, or a service control policy denies it.",
        advice="Allow the action on the resource that the cause names. If somebody removed a permission of the stack, "
        "cdk deploy --revert-drift restores it. For s3:GetObject on images, deploy the stack with the setting "
        "'imageBuckets'; for kms:Decrypt, with 'imageKeys', too. Then start a new execution.",
    ),
    Failure(
        errors=("InvalidParameterException",),
        why="Rekognition refused the datasets. They had passed every check, so somebody may have changed them since.",
        advice="Check both datasets in the Rekognition console. Then start a new execution.",
    ),
    Failure(
        errors=("ResourceNotFoundException",),
        why="Somebody deleted a dataset while the execution was running.",
        advice="If the project still needs a distribution, create the missing dataset. If its creation starts no "
        "execution, start a new one.",
    ),
    BUSY,
    LIMITED,
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
        advice="If a permission is missing, restore it with cdk deploy --revert-drift. If not, check the AWS Health "
        "Dashboard. Then "
        "start a new execution.",
    ),
    Failure(
        errors=("Lambda.TooManyRequestsException",),
        retried=Retried.PATIENTLY,
        why="Lambda throttled the call: the account runs as many functions at once as its quota allows, or calls them "
        "too often (*Invoke*, AWS Lambda API Reference).",
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
        advice="If a permission or the table is missing, restore it with cdk deploy --revert-drift. Then start a new "
        "execution.",
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
        why="The workflow has a defect, or somebody has changed a record. A Catch with `States.ALL` does not catch "
        "`States.Runtime` and `States.DataLimitExceeded` (*Handling errors in Step Functions workflows*, AWS Step "
        "Functions Developer Guide).",
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
