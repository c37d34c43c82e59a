"""The reason for each permission of the stack, as docs/permissions.md prints it."""

from infra.functions import FUNCTIONS, construct_id_of

_NEW_DATASETS = "the rule for new datasets (`TriggerDatasetCreated`)"
_SWEEPS = "the schedule of the sweep"
_WITHOUT_NOTIFICATION = "the rule for executions that end without success (`WatchEndings`)"

# Roles and resources in words, by logical id without its hash.
NAMES = {
    **{f"Functions{construct_id_of(name)}Role": f"`{name}`" for name in FUNCTIONS},
    "WorkflowRole": "the state machine",
    "SweepRole": "the sweep",
    "ScheduleRole": _SWEEPS,
    "WorkflowStateMachineEventsRole": _NEW_DATASETS,
    "CustomS3AutoDeleteObjectsCustomResourceProviderRole": "the bucket emptier",
    **{f"Functions{construct_id_of(name)}": f"`{name}`" for name in FUNCTIONS},
    **{f"Functions{construct_id_of(name)}Logs": "its log group" for name in FUNCTIONS},
    "FunctionsNotifyEndingCurrentVersion": "the current version of `notify_ending`",
    "Key": "the key",
    "RecordsItems": "the table of records",
    "ReportsBucket": "the bucket of reports",
    "NotificationsTopic": "the topic for notifications",
    "ChatTopic": "the topic for chat",
    "OperationsTopic": "the topic for alarms",
    "CustomS3AutoDeleteObjectsCustomResourceProviderLogs": "its log group",
    "WorkflowStateMachine": "the state machine",
    "SweepStateMachine": "the state machine of the sweep",
    "ScheduleUndeliveredQueue": "the dead-letter queue of the schedule (`ScheduleUndelivered`)",
    "ScheduleGroup": "the group of this schedule",
    "TriggerUndeliveredQueue": "the dead-letter queue for new datasets (`TriggerUndelivered`)",
    "WatchUndeliveredQueue": "the dead-letter queue of `notify_ending` and its rule (`WatchUndelivered`)",
    "TriggerDatasetCreated": _NEW_DATASETS,
    "WatchEndings": _WITHOUT_NOTIFICATION,
}

# The page of the Service Authorization Reference that says that these services' actions on `*` take no resource.
TAKES_NO_RESOURCE = {
    "rekognition": "Amazon Rekognition",
    "logs": "Amazon CloudWatch Logs",
    "xray": "AWS X-Ray",
}

_LOG = "To write its log."
_TRACE = "To send its part of the trace of an execution."
_SAMPLING = "To ask X-Ray which executions to trace (*Trace Step Functions request data in AWS X-Ray*)."
_TLS = "Requests without TLS are denied."
_ENCRYPTED_TOPIC = (
    "To publish to an encrypted topic, which needs the topic's key (*Key management*, Amazon SNS Developer Guide)."
)
_ENCRYPTED_LOGS = "To encrypt the log groups (*Encrypt log data in CloudWatch Logs using AWS Key Management Service*)."
_ENCRYPTED_QUEUE = "To send undeliverable events to an encrypted dead-letter queue. A rule has no role for that."
_OWN_QUEUE = (
    "To send to an encrypted queue, which needs the queue's key (*Key management*, Amazon SQS Developer Guide)."
)

# By action. The service that a key is used through follows it (`via sns`). Where reasons differ, one of these follows,
# too: the role, the resource, the Sid of the statement, or its condition.
WHY = {
    "rekognition:DescribeProjects": "To find the two datasets of a project.",
    "rekognition:DescribeProjects list_projects": "To list the projects.",
    "rekognition:ListTagsForResource": "To read the tag `auto-distribute` of the project and of its training dataset.",
    "rekognition:DescribeDataset resolve_datasets": "To read the status and the entries of both datasets, which decide "
    "what to do.",
    "rekognition:DescribeDataset start_distribution": "To check before each try whether an earlier try took effect.",
    "rekognition:DescribeDataset check_distribution": "To find out whether the distribution has finished.",
    "rekognition:DescribeDataset examine_project": "To read the status and the entries of both datasets, which decide "
    "whether the sweep starts an execution.",
    "rekognition:ListDatasetLabels resolve_datasets": "To count the entries of each label in a dry run.",
    "rekognition:ListDatasetLabels report_outcome": "To count the entries of each label for the report.",
    "rekognition:DistributeDatasetEntries": "To start the distribution. It is probably needed on both datasets "
    "(custom-labels.md, section 7).",
    "dynamodb:GetItem resolve_datasets": "To read the record of the pair, which earlier executions have written.",
    "dynamodb:GetItem claim_pair": "To read the owner of the pair.",
    "dynamodb:GetItem notify_ending": "To read whether people were notified of the ending.",
    "dynamodb:PutItem claim_pair": "To keep the record of the earlier owner as history, when an execution takes the "
    "pair over.",
    "dynamodb:PutItem notify_ending": "To mark an ending of which people were notified.",
    "dynamodb:GetItem examine_project": "To read whether an earlier execution owns or has distributed the pair.",
    "dynamodb:UpdateItem claim_pair": "To claim the pair.",
    "dynamodb:UpdateItem start_distribution": "To record the pair before the start, on the condition that the "
    "execution still owns it.",
    "dynamodb:UpdateItem report_outcome": "To record the outcome, on the condition that the execution still owns the "
    "pair.",
    "kms:Decrypt via dynamodb": "To read and write an encrypted table, which needs the table's key (*How DynamoDB uses "
    "AWS KMS*, Amazon DynamoDB Developer Guide).",
    "kms:Decrypt via sqs": _OWN_QUEUE,
    "kms:GenerateDataKey via sqs": _OWN_QUEUE,
    "kms:Decrypt via sns": _ENCRYPTED_TOPIC,
    "kms:GenerateDataKey via sns": _ENCRYPTED_TOPIC,
    "kms:GenerateDataKey via s3": "To write to an encrypted bucket, which needs the bucket's key (*Using SSE-KMS*, "
    "Amazon S3 User Guide).",
    "s3:PutObject": "To write the page of a report.",
    "states:GetExecutionHistory": "To draw the timeline of the execution on the page.",
    "states:DescribeExecution claim_pair": "To check whether the owner of the pair is still running.",
    "states:DescribeExecution examine_project": "To check whether the owner of the pair is still running, and whether "
    "the execution that an earlier sweep started was skipped.",
    "states:DescribeExecution report_outcome": "To read the project from the input, if the execution failed before it "
    "found the project.",
    "states:DescribeExecution notify_ending": "To read how the execution ended, and which project its input names.",
    "states:ListExecutions": "To find executions that ended without success.",
    "states:StartExecution the rule for new datasets (TriggerDatasetCreated)": (
        "To start an execution when a dataset was created."
    ),
    "states:StartExecution": "To start an execution for a pair that nothing has started one for.",
    "states:StartExecution the state machine of the sweep": "To start the sweep of the projects that are left.",
    "states:StartExecution the schedule of the sweep": "To start a sweep.",
    "lambda:InvokeFunction resolve_datasets": "For the state *Resolve datasets*.",
    "lambda:InvokeFunction claim_pair": "For the state *Claim pair*.",
    "lambda:InvokeFunction start_distribution": "For the state *Start distribution*.",
    "lambda:InvokeFunction check_distribution": "For the state *Check distribution*.",
    "lambda:InvokeFunction report_outcome": "For the state *Report outcome*.",
    "lambda:InvokeFunction list_projects": "For the state *List projects*.",
    "lambda:InvokeFunction examine_project": "For the state *Examine project*.",
    "lambda:InvokeFunction report_sweep": "For the state *Report sweep*.",
    "lambda:InvokeFunction list_endings": "For the state *List endings*.",
    "lambda:InvokeFunction every version of notify_ending": "For the state *Notify ending*.",
    "lambda:InvokeFunction the current version of notify_ending": "To pass on the endings of executions. EventBridge "
    "needs no role for that (*Using resource-based policies for Amazon EventBridge*).",
    "sns:Publish the topic for notifications": "For the states *Notify people* and *Notify in plain words*.",
    "sns:Publish the topic for chat": "For the state *Notify chat*.",
    "sns:Publish notify_ending": "To notify people of an execution that ended without a notification.",
    "sns:Publish the topic for alarms": "To publish alarms, which have no role.",
    "events:PutEvents": "For the state *Send completion event*.",
    "logs:CreateLogStream": _LOG,
    "logs:PutLogEvents": _LOG,
    **{
        f"logs:{name}": f"To log, Step Functions must {does} (*Logging in CloudWatch Logs*)."
        for name, does in {
            "CreateLogDelivery": "create the delivery of the log",
            "DeleteLogDelivery": "delete the delivery of the log",
            "DescribeLogGroups": "find the log group",
            "DescribeResourcePolicies": "read the policy of the log group",
            "GetLogDelivery": "read the delivery of the log",
            "ListLogDeliveries": "find the delivery of the log",
            "PutResourcePolicy": "allow the delivery to the log group",
            "UpdateLogDelivery": "change the delivery of the log",
        }.items()
    },
    "xray:GetSamplingRules": _SAMPLING,
    "xray:GetSamplingTargets": _SAMPLING,
    "xray:PutTelemetryRecords": _TRACE,
    "xray:PutTraceSegments": _TRACE,
    "s3:GetBucketTagging": "To check whether a bucket must be emptied. A deployment that retains the bucket removes "
    "the bucket's policy first.",
    "kms:*": "To let the account manage the key by IAM policies. Without this nobody could change the key.",
    "kms:Decrypt Alarms": f"{_ENCRYPTED_TOPIC} Alarms have no role.",
    "kms:GenerateDataKey Alarms": f"{_ENCRYPTED_TOPIC} Alarms have no role.",
    "kms:Decrypt Rules": _ENCRYPTED_QUEUE,
    "kms:GenerateDataKey Rules": _ENCRYPTED_QUEUE,
    "kms:Decrypt* Logs": _ENCRYPTED_LOGS,
    "kms:Describe* Logs": _ENCRYPTED_LOGS,
    "kms:Encrypt* Logs": _ENCRYPTED_LOGS,
    "kms:GenerateDataKey* Logs": _ENCRYPTED_LOGS,
    "kms:ReEncrypt* Logs": _ENCRYPTED_LOGS,
    "sqs:SendMessage": "To send undeliverable events of the rule to the queue.",
    "sqs:SendMessage notify_ending": "To send an event with which the function failed to the dead-letter queue. Lambda "
    "does that under this role (*Capturing records of Lambda asynchronous invocations*, AWS Lambda Developer Guide).",
    "sqs:SendMessage the schedule of the sweep": "To send an invocation that failed to the queue.",
    "s3:GetBucket*": "`cdk destroy`: to read the tag that says whether to empty the bucket.",
    "s3:PutBucketPolicy": "`cdk destroy`: to deny new objects.",
    "s3:List*": "`cdk destroy`: to list the objects.",
    "s3:DeleteObject*": "`cdk destroy`: to delete the objects, because only an empty bucket can be deleted.",
    "s3:* aws:SecureTransport": _TLS,
    "s3:* s3:TlsVersion": "Requests with an old version of TLS are denied.",
    "sns:Publish aws:SecureTransport": _TLS,
    "sqs:* aws:SecureTransport": _TLS,
}
