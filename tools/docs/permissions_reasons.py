"""Why each thing that the stack allows is allowed, in the words of docs/permissions.md."""

# In words, by logical id without its hash: whose roles they are, what is acted on.
NAMES = {
    "FunctionsResolveDatasetsRole": "`resolve_datasets`",
    "FunctionsClaimPairRole": "`claim_pair`",
    "FunctionsStartDistributionRole": "`start_distribution`",
    "FunctionsCheckDistributionRole": "`check_distribution`",
    "FunctionsReportOutcomeRole": "`report_outcome`",
    "WorkflowRole": "the state machine",
    "WorkflowStateMachineEventsRole": "the rule *Dataset created*",
    "WatchRole": "the rule *Untold*",
    "CustomS3AutoDeleteObjectsCustomResourceProviderRole": "CDK's function that empties the bucket",
    "FunctionsResolveDatasets": "`resolve_datasets`",
    "FunctionsClaimPair": "`claim_pair`",
    "FunctionsStartDistribution": "`start_distribution`",
    "FunctionsCheckDistribution": "`check_distribution`",
    "FunctionsReportOutcome": "`report_outcome`",
    "FunctionsResolveDatasetsLogs": "its log group",
    "FunctionsClaimPairLogs": "its log group",
    "FunctionsStartDistributionLogs": "its log group",
    "FunctionsCheckDistributionLogs": "its log group",
    "FunctionsReportOutcomeLogs": "its log group",
    "Key": "the key",
    "RecordsItems": "the table of records",
    "ReportsBucket": "the bucket of reports",
    "NotificationsTopic": "the topic of notifications",
    "ChatTopic": "the topic for the chat",
    "OperationsTopic": "the topic of operations",
    "CustomS3AutoDeleteObjectsCustomResourceProviderLogs": "its log group",
    "WorkflowStateMachine": "the state machine",
    "TriggerUndeliveredQueue": "the queue *Trigger … Undelivered*",
    "WatchUndeliveredQueue": "the queue *Watch … Undelivered*",
    "TriggerDatasetCreated": "the rule *Dataset created*",
    "WatchUntold": "the rule *Untold*",
}

# Of the actions on `*`: the page of the Service Authorization Reference that has no resource for them.
TAKES_NO_RESOURCE = {
    "rekognition": "Amazon Rekognition",
    "logs": "Amazon CloudWatch Logs",
    "xray": "AWS X-Ray",
}

_LOG = "Its log, and the metrics that it prints there."
_TRACE = "Its part of the trace of an execution."
_SAMPLING = "X-Ray says which executions to trace (*Trace Step Functions request data in AWS X-Ray*)."
_TLS = "Nobody comes without TLS."
_ENCRYPTED_TOPIC = (
    "Whoever publishes to an encrypted topic uses its key (*Key management*, Amazon SNS Developer Guide)."
)
_ENCRYPTED_LOGS = "*Encrypt log data in CloudWatch Logs using AWS Key Management Service*: the log groups are."
_ENCRYPTED_QUEUE = "The queue is encrypted, and a rule has no role to keep in it what it could not deliver."

# By action, followed by the service through which alone a key may be used; and, where that differs, by whose it is,
# on what it is, the Sid of its statement, or its condition.
WHY = {
    "rekognition:DescribeProjects": "From the name of a project to its two datasets.",
    "rekognition:ListTagsForResource": "The tag `auto-distribute` of the project, and of its training dataset.",
    "rekognition:DescribeDataset resolve_datasets": "Status and entries of both datasets: what to decide by.",
    "rekognition:DescribeDataset start_distribution": "Each try begins by looking what the one before it has done.",
    "rekognition:DescribeDataset check_distribution": "Whether the distribution has finished.",
    "rekognition:ListDatasetLabels resolve_datasets": "A dry run counts the entries of each label.",
    "rekognition:ListDatasetLabels report_outcome": "The report counts the entries of each label.",
    "rekognition:DistributeDatasetEntries": "The distribution itself. IAM asks for both datasets.",
    "dynamodb:GetItem resolve_datasets": "What earlier executions have recorded of the pair.",
    "dynamodb:GetItem claim_pair": "Whose the pair is.",
    "dynamodb:PutItem": "The record of an earlier owner stays as history when its pair is taken over.",
    "dynamodb:UpdateItem claim_pair": "The claim itself.",
    "dynamodb:UpdateItem start_distribution": "What Rekognition is about to be asked for, on the condition that the "
    "execution still owns the pair.",
    "dynamodb:UpdateItem report_outcome": "The outcome, on the condition that the execution still owns the pair.",
    "kms:Decrypt via dynamodb": "Whoever reads or writes an encrypted table uses its key (*How DynamoDB uses AWS KMS*, "
    "Amazon DynamoDB Developer Guide).",
    "kms:Decrypt via sns": _ENCRYPTED_TOPIC,
    "kms:GenerateDataKey via sns": _ENCRYPTED_TOPIC,
    "kms:GenerateDataKey via s3": "Whoever writes into an encrypted bucket uses its key (*Using SSE-KMS*, Amazon S3 "
    "User Guide).",
    "s3:PutObject": "The page of a report.",
    "states:GetExecutionHistory": "The page shows the way that the execution took.",
    "states:DescribeExecution claim_pair": "Whether the owner of the pair still runs.",
    "states:DescribeExecution report_outcome": "The project in the input, when the execution fails before it is found.",
    "states:StartExecution": "A dataset was created.",
    "lambda:InvokeFunction resolve_datasets": "*Resolve datasets*.",
    "lambda:InvokeFunction claim_pair": "*Claim pair*.",
    "lambda:InvokeFunction start_distribution": "*Start distribution*.",
    "lambda:InvokeFunction check_distribution": "*Check distribution*.",
    "lambda:InvokeFunction report_outcome": "*Report outcome*.",
    "sns:Publish the topic of notifications": "*Notify people* and *Notify in plain words*.",
    "sns:Publish the topic for the chat": "*Notify chat*.",
    "sns:Publish the rule *Untold*": "An execution ended without a word of its own.",
    "sns:Publish the topic of operations": "Alarms have no role.",
    "events:PutEvents": "*Send completion event*.",
    "logs:CreateLogStream": _LOG,
    "logs:PutLogEvents": _LOG,
    **{
        f"logs:{name}": f"To log, Step Functions {does} (*Logging in CloudWatch Logs*)."
        for name, does in {
            "CreateLogDelivery": "sets up the delivery of the log",
            "DeleteLogDelivery": "ends the delivery of the log",
            "DescribeLogGroups": "looks for the log group",
            "DescribeResourcePolicies": "looks who is let into the log group",
            "GetLogDelivery": "looks at the delivery of the log",
            "ListLogDeliveries": "looks for the delivery of the log",
            "PutResourcePolicy": "lets the delivery into the log group",
            "UpdateLogDelivery": "changes the delivery of the log",
        }.items()
    },
    "xray:GetSamplingRules": _SAMPLING,
    "xray:GetSamplingTargets": _SAMPLING,
    "xray:PutTelemetryRecords": _TRACE,
    "xray:PutTraceSegments": _TRACE,
    "s3:GetBucketTagging": "A deployment that is to keep the bucket takes the rest away first, and then asks for this.",
    "kms:*": "The account manages the key, and its IAM policies count; without this, nobody could ever change the key.",
    "kms:Decrypt Alarms": f"Alarms have no role. {_ENCRYPTED_TOPIC}",
    "kms:GenerateDataKey Alarms": f"Alarms have no role. {_ENCRYPTED_TOPIC}",
    "kms:Decrypt Rules": _ENCRYPTED_QUEUE,
    "kms:GenerateDataKey Rules": _ENCRYPTED_QUEUE,
    "kms:Decrypt* Logs": _ENCRYPTED_LOGS,
    "kms:Describe* Logs": _ENCRYPTED_LOGS,
    "kms:Encrypt* Logs": _ENCRYPTED_LOGS,
    "kms:GenerateDataKey* Logs": _ENCRYPTED_LOGS,
    "kms:ReEncrypt* Logs": _ENCRYPTED_LOGS,
    "sqs:SendMessage": "What the rule could not deliver is kept.",
    "s3:GetBucket*": "`cdk destroy`: the function looks whether the bucket is to be emptied, which a tag says.",
    "s3:PutBucketPolicy": "`cdk destroy`: nobody puts anything into the bucket any more.",
    "s3:List*": "`cdk destroy`: the function looks what is in the bucket.",
    "s3:DeleteObject*": "`cdk destroy`: the function empties the bucket; only an empty one can be deleted.",
    "s3:* aws:SecureTransport": _TLS,
    "s3:* s3:TlsVersion": "Nobody comes with an old TLS.",
    "sns:Publish aws:SecureTransport": _TLS,
    "sqs:* aws:SecureTransport": _TLS,
}
