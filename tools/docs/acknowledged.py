"""The acknowledgements: findings of cdk-nag that the stack does not fix, and the reasons. docs/review.md lists them."""

from typing import NamedTuple

from infra.functions import OF_SWEEP, OF_WORKFLOW, construct_id_of


class Acknowledged(NamedTuple):
    """One requirement of rules that the stack does not meet.

    `rules` are without the name of the pack, because packs share rules, and without the hash of a logical id:
    `IAM5[Resource::<ReportsBucket.Arn>/*]`. `resources` are paths below the stack, where `*` stands for any text.
    """

    requirement: str
    rules: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str


class Answered(NamedTuple):
    """A check of a scanner that `make check` does not run. So no test compares it."""

    check: str
    requirement: str
    reason: str


_ALL_FUNCTIONS = ("Functions/*/Resource",)
_FUNCTION_POLICIES = ("Functions/*Role/DefaultPolicy/Resource",)
_WORKFLOW_POLICY = ("Workflow/Role/DefaultPolicy/Resource",)
_SWEEP_POLICY = ("Sweep/Role/DefaultPolicy/Resource",)
_REKOGNITION = "Resource::arn:<AWS::Partition>:rekognition:<AWS::Region>:<AWS::AccountId>"
_STATES = "Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>"


def _versions(functions: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"IAM5[Resource::<Functions{construct_id_of(name)}.Arn>:*]" for name in functions)


ACKNOWLEDGED = (
    Acknowledged(
        "No `*` as a resource",
        ("IAM5[Resource::*]",),
        (*_FUNCTION_POLICIES, *_WORKFLOW_POLICY, *_SWEEP_POLICY),
        "These actions take no resource (Service Authorization Reference): `rekognition:DescribeProjects`, X-Ray's "
        "traces and the log delivery of Step Functions. A test in tests/deployment/template/test_roles.py allows no "
        "other action on `*`.",
    ),
    Acknowledged(
        "No `*` in the ARN of a project or dataset",
        (f"IAM5[{_REKOGNITION}:project/*/*]", f"IAM5[{_REKOGNITION}:project/*/dataset/*/*]"),
        _FUNCTION_POLICIES,
        "The ARN of a dataset ends with the time of its creation, and people create datasets after the deployment. "
        "The setting `projects` replaces the first `*` by names. With its default the stack serves every project of "
        "the account and Region. Of the allowed Rekognition actions only `DistributeDatasetEntries` changes anything, "
        "and only one function may call it.",
    ),
    Acknowledged(
        "No `*` in the name of a report",
        ("IAM5[Resource::<ReportsBucket.Arn>/*]",),
        ("Functions/ReportOutcomeRole/DefaultPolicy/Resource",),
        "The name of a page contains its project and its execution, which are unknown at deployment. The role may put "
        "pages into this one bucket. It may not read, list or delete them.",
    ),
    Acknowledged(
        "No `*` in the name of an image",
        ("IAM5[Resource::arn:<AWS::Partition>:s3:::images/*]",),
        ("Functions/StartDistributionRole/DefaultPolicy/Resource",),
        "The stack allows this only if the setting `imageBuckets` names the bucket (here: `images`), and only to read. "
        "Any object in the bucket may be an image of a dataset.",
    ),
    Acknowledged(
        "No `*` for the version of a function",
        _versions(OF_WORKFLOW),
        _WORKFLOW_POLICY,
        "An execution may run for days. After a deployment, a running execution still uses the versions that its "
        "definition names. So every version of the workflow's functions is allowed, and no other function.",
    ),
    Acknowledged(
        "No `*` for the version of a function of the sweep",
        _versions((*OF_SWEEP, "notify_ending")),
        _SWEEP_POLICY,
        "A sweep may run for two hours. After a deployment, a running sweep still uses the versions that its "
        "definition names. So every version of the sweep's functions is allowed, and no other function.",
    ),
    Acknowledged(
        "No `*` in the ARN of an execution",
        (f"IAM5[{_STATES}:execution:<WorkflowStateMachine.Name>:*]",),
        ("Workflow/DescribeOwner*/Resource", "Workflow/ReadExecution/Resource", "Workflow/DescribeEnding/Resource"),
        "Executions get their names when they start. The `*` follows the name of this state machine, so it covers the "
        "executions of this state machine only. Both actions only read.",
    ),
    Acknowledged(
        "Managed policies instead of inline ones",
        ("IAMNoInlinePolicy",),
        ("*",),
        "Each policy belongs to one role, allows the calls of that role, and is deleted with it. A managed policy "
        "could be attached to other roles and could remain after its role. docs/permissions.md lists all policies on "
        "one page.",
    ),
    Acknowledged(
        "Functions inside a VPC",
        ("LambdaInsideVPC",),
        _ALL_FUNCTIONS,
        "The functions call the APIs of Rekognition, DynamoDB, S3 and Step Functions over TLS, and nothing inside a "
        "VPC. Nothing can connect to them, because they have no URL. A VPC would protect nothing, and its NAT gateway "
        "or interface endpoints cost money by the hour.",
    ),
    Acknowledged(
        "Reserved concurrency for functions",
        ("LambdaConcurrency",),
        _ALL_FUNCTIONS,
        "An execution runs one function at a time, for at most a minute, and `notify_ending` runs once after its end. "
        "So there are hardly ever more concurrent functions than executions. Lambda keeps 100 of an account's "
        "concurrency unreserved (*Configuring reserved concurrency for a function*, AWS Lambda Developer Guide), and a "
        "new account may have less: there a reservation would fail the deployment. In other accounts it would take "
        "concurrency from other functions.",
    ),
    Acknowledged(
        "A dead-letter queue for functions",
        ("LambdaDLQ",),
        _ALL_FUNCTIONS,
        "Lambda sends failed asynchronous invocations to such a queue. Only `notify_ending` is invoked asynchronously, "
        "and it has one. Step Functions invokes the others synchronously, receives the error, retries or catches it, "
        "and notifies people.",
    ),
    Acknowledged(
        "A dead-letter queue for a queue",
        ("SQS3", "SQSRedrivePolicy"),
        ("*/Undelivered/Queue/Resource",),
        "This queue is a dead-letter queue itself, of a rule or a schedule of EventBridge. cdk-nag recognizes only "
        "those of queues and functions. No program receives from it. An alarm goes off when it has a message.",
    ),
    Acknowledged(
        "A dead-letter queue for an e-mail subscription",
        ("SNSRedrivePolicy",),
        ("Notifications/Topic/*/Resource", "Operations/Topic/*/Resource"),
        "While the server of the recipient fails, SNS tries to deliver an e-mail 50 times over 6 hours (*Amazon SNS "
        "message delivery retries*, Amazon SNS Developer Guide). After that the outcome is still in the execution and "
        "in the record of the pair, and the state of an alarm is in CloudWatch. A message in such a queue would "
        "be reported by the same kind of e-mail.",
    ),
    Acknowledged(
        "The table in an AWS Backup plan",
        ("DynamoDBInBackupPlan",),
        ("Records/Items/Resource",),
        "Point-in-time recovery is on: the table can be restored to any second of the last 35 days "
        "(*Enable point-in-time recovery in DynamoDB*, Amazon DynamoDB Developer Guide). A backup plan "
        "belongs to an organisation, which chooses its vault and retention. It selects the table by a tag, which the "
        "setting `tags` adds.",
    ),
    Acknowledged(
        "Server access logs of buckets",
        ("S1", "S3BucketLoggingEnabled"),
        ("Reports/Bucket/Resource", "Trail/Bucket/Resource"),
        "S3 delivers these logs hours later and without a guarantee (*Logging requests with server access logging*, "
        "Amazon S3 User Guide). They need a second bucket, which cannot be encrypted with the stack's key, because S3 "
        "supports only its own key there (*Enabling Amazon S3 server access logging*, same guide). Public access is "
        "blocked; one function writes reports, and CloudTrail writes its trail. To record who reads what, turn on "
        "CloudTrail's data events for a bucket; they cost money by the event.",
    ),
    Acknowledged(
        "Replication of buckets to another Region",
        ("S3BucketReplicationEnabled",),
        ("Reports/Bucket/Resource", "Trail/Bucket/Resource"),
        "The datasets and calls that these buckets describe are in this Region only, and both buckets delete objects "
        "after `retentionDays`. A copy costs money again, and takes names that may be confidential to another Region.",
    ),
    Acknowledged(
        "Versions of objects",
        ("S3BucketVersioningEnabled",),
        ("Reports/Bucket/Resource",),
        "Each execution writes a page of its own. Only the role of the bucket emptier may delete pages, on `cdk "
        "destroy`. The outcome is in the record of the pair, too. Versions would keep a page longer than "
        "`retentionDays` promises.",
    ),
    Acknowledged(
        "The trail in CloudWatch Logs",
        ("CloudTrailCloudWatchLogsEnabled",),
        ("Trail/Trail",),
        "The setting `createTrail` creates this trail for an account that has none, because EventBridge needs one to "
        "receive CreateDataset. CloudWatch Logs would cost money for every write call of the Region, and nothing "
        "reads the trail there. The trail's files are encrypted, versioned, and validated by digests.",
    ),
)

ANSWERED = (
    Answered(
        "checkov's CKV_AWS_67",
        "A trail for all Regions",
        "The setting `createTrail` creates a trail for an account and Region that has none, because EventBridge needs "
        "one to receive CreateDataset. The stack works in its own Region only. Whether an account logs its other "
        "Regions is a decision of the account. If it has such a trail already, the setting is not needed.",
    ),
    Answered(
        "checkov's CKV_AWS_173",
        "A customer's key for the environment variables of functions",
        "The variables are names: of the stack, the table, the bucket, the projects and the trigger. None is a secret. "
        "Lambda encrypts them at rest with a key of AWS's (*Working with Lambda environment variables*, AWS Lambda "
        "Developer Guide). With the stack's key, disabling it would stop the functions, which then could not say why.",
    ),
)
