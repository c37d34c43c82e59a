"""What cdk-nag's packs ask for and this stack does not do, and why: docs/review.md is written from this table."""

from typing import NamedTuple


class Acknowledged(NamedTuple):
    """One thing that rules ask for.

    A rule stands here without the name of its pack, for packs share rules, and without the hash of a logical id:
    `IAM5[Resource::<ReportsBucket.Arn>/*]`. A resource is its path below the stack, where `*` stands for anything.
    """

    asked: str
    rules: tuple[str, ...]
    resources: tuple[str, ...]
    reason: str


_FUNCTIONS = ("Functions/*/Resource",)
_FUNCTION_POLICIES = ("Functions/*Role/DefaultPolicy/Resource",)
_WORKFLOW_POLICY = ("Workflow/Role/DefaultPolicy/Resource",)
_REKOGNITION = "Resource::arn:<AWS::Partition>:rekognition:<AWS::Region>:<AWS::AccountId>"
_STATES = "Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>"

ACKNOWLEDGED = (
    Acknowledged(
        "No `*` as a resource",
        ("IAM5[Resource::*]",),
        (*_FUNCTION_POLICIES, *_WORKFLOW_POLICY),
        "IAM knows no resource for these actions (Service Authorization Reference): `rekognition:DescribeProjects`, "
        "X-Ray's traces and the log delivery of Step Functions. A test in tests/deployment/test_stack.py refuses any "
        "other action on `*`.",
    ),
    Acknowledged(
        "No `*` in the ARN of a project or dataset",
        (f"IAM5[{_REKOGNITION}:project/*/*]", f"IAM5[{_REKOGNITION}:project/*/dataset/*/*]"),
        _FUNCTION_POLICIES,
        "The ARN of a dataset ends in the moment of its creation, and datasets come after the deployment. The setting "
        "`projects` puts names in the place of the first `*`; its default lets the stack serve every project of the "
        "account and Region. Of what changes anything, `DistributeDatasetEntries` alone is allowed, to one function.",
    ),
    Acknowledged(
        "No `*` in the name of a report",
        ("IAM5[Resource::<ReportsBucket.Arn>/*]",),
        ("Functions/ReportOutcomeRole/DefaultPolicy/Resource",),
        "A page is named after its project and its execution, which nobody knows at deployment. The role may put pages "
        "into this one bucket, and neither read, list nor delete them.",
    ),
    Acknowledged(
        "No `*` in the name of an image",
        ("IAM5[Resource::arn:<AWS::Partition>:s3:::images/*]",),
        ("Functions/StartDistributionRole/DefaultPolicy/Resource",),
        "Only where the setting `imageBuckets` names the bucket (here: `images`), and to read only: any object of it "
        "may be an image of a dataset that is distributed.",
    ),
    Acknowledged(
        "No `*` for the version of a function",
        tuple(
            f"IAM5[Resource::<Functions{name}.Arn>:*]"
            for name in ("ResolveDatasets", "ClaimPair", "StartDistribution", "CheckDistribution", "ReportOutcome")
        ),
        _WORKFLOW_POLICY,
        "An execution that runs while the stack is deployed anew goes on with the versions that its definition names, "
        "and may last for days: every version of these five functions stays allowed, and no other function is.",
    ),
    Acknowledged(
        "No `*` in the ARN of an execution",
        (f"IAM5[{_STATES}:execution:<WorkflowStateMachine.Name>:*]",),
        ("Workflow/DescribeOwner/Resource", "Workflow/ReadExecution/Resource"),
        "Executions get their names when they start. The `*` is behind the name of this state machine, so that it "
        "means its own executions only, and both actions read.",
    ),
    Acknowledged(
        "Managed policies instead of inline ones",
        ("IAMNoInlinePolicy",),
        ("*",),
        "Each policy is for one role, says what this role's own calls need, and goes when the role goes. As a managed "
        "policy it could be attached to others, and could outlive what it was written for. docs/permissions.md has "
        "all of them on one page.",
    ),
    Acknowledged(
        "Functions inside a VPC",
        ("LambdaInsideVPC",),
        _FUNCTIONS,
        "The functions call the APIs of Rekognition, DynamoDB, S3 and Step Functions over TLS, and nothing that is in "
        "a VPC; nothing can connect to them, for they have no URL. A VPC would protect nothing here, and its NAT "
        "gateway or interface endpoints are paid by the hour, used or not.",
    ),
    Acknowledged(
        "Reserved concurrency for functions",
        ("LambdaConcurrency",),
        _FUNCTIONS,
        "An execution runs one function at a time, a minute at most, so that there are never more at once than "
        "executions. Lambda keeps 100 of an account's concurrency unreserved, and a new account may have less: there a "
        "reservation would fail the deployment, and elsewhere it takes from the account's other functions.",
    ),
    Acknowledged(
        "A dead-letter queue for functions",
        ("LambdaDLQ",),
        _FUNCTIONS,
        "Lambda puts failed asynchronous invocations there, and these functions have none: Step Functions invokes "
        "them synchronously, gets the error itself, retries or catches it, and tells people.",
    ),
    Acknowledged(
        "A dead-letter queue for a queue",
        ("SQS3", "SQSRedrivePolicy"),
        ("*/Undelivered/Queue/Resource",),
        "This is a dead-letter queue: of a rule of EventBridge, where cdk-nag looks for those of queues and functions. "
        "No program receives from it; an alarm calls a person while anything is in there.",
    ),
    Acknowledged(
        "A dead-letter queue for an e-mail subscription",
        ("SNSRedrivePolicy",),
        ("Notifications/Topic/*/Resource", "Operations/Topic/*/Resource"),
        "SNS tries an e-mail 50 times over 6 hours. The outcome is in the execution and in the record of the pair, and "
        "an alarm's state is in CloudWatch, whether the e-mail arrives or not; and that a queue has something in it "
        "would be told by the same kind of e-mail.",
    ),
    Acknowledged(
        "The table in an AWS Backup plan",
        ("DynamoDBInBackupPlan",),
        ("Records/Items/Resource",),
        "Point-in-time recovery is on: the whole table can be restored as it was at any second of the last 35 days. "
        "A backup plan is an organisation's, with a vault and a retention of its own, and takes the table by a tag: "
        "the setting `tags` puts it there.",
    ),
    Acknowledged(
        "Server access logs of buckets",
        ("S1", "S3BucketLoggingEnabled"),
        ("Reports/Bucket/Resource", "Trail/Bucket/Resource"),
        "They come hours later, not each of them (S3 promises best effort), and into a second bucket that cannot be "
        "encrypted with the stack's key, for S3 takes only its own there. Public access is blocked; one function "
        "writes reports, and CloudTrail its trail. Who has to know who read what turns on CloudTrail's data events for "
        "a bucket, which are paid by the event.",
    ),
    Acknowledged(
        "Replication of buckets to another Region",
        ("S3BucketReplicationEnabled",),
        ("Reports/Bucket/Resource", "Trail/Bucket/Resource"),
        "What they are about, datasets and calls of this Region, is in this one Region, and both buckets empty "
        "themselves after `retentionDays`. A copy elsewhere is paid for again, and takes names that may be "
        "confidential out of the Region that was chosen for them.",
    ),
    Acknowledged(
        "Versions of objects",
        ("S3BucketVersioningEnabled",),
        ("Reports/Bucket/Resource",),
        "Each execution writes a page of its own, and no role of the stack may delete one but that which empties the "
        "bucket on `cdk destroy`. The outcome is in the record of the pair, too. Versions would keep a page for longer "
        "than `retentionDays` promises.",
    ),
    Acknowledged(
        "The trail in CloudWatch Logs",
        ("CloudTrailCloudWatchLogsEnabled",),
        ("Trail/Trail",),
        "The setting `createTrail` makes the trail without which EventBridge does not see CreateDataset, in an account "
        "that has none. CloudWatch Logs would be paid by the gigabyte for every call of the Region that changes "
        "something, and nothing reads it there. The trail's files are encrypted, versioned, and validated by digests.",
    ),
)
