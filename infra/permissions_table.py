"""docs/permissions.md, written from the synthesized template: `python -m infra.permissions_table`."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.asset import ROOT
from infra.grants import Grant, Statement, Template, as_list, grants_of_roles, plain, rules_of_resources
from infra.settings import Settings
from infra.synth import synthesize

PAGE = ROOT / "docs" / "permissions.md"

_HEAD = """# Permissions

Written by `python -m infra.permissions_table` from the synthesized template, with every setting at its default. Without
any single thing that is allowed here, something fails:
[tests/test_least_privilege.py](../tests/test_least_privilege.py) takes away each in turn.

Of the [settings](settings.md), `projects` puts names in the place of the `*` that stands for a project, `imageBuckets`
adds `s3:GetObject` on those buckets for `start_distribution`, `createTrail` lets CloudTrail into a bucket of its own,
and `permissionsBoundary` limits every role. `removalPolicy=retain` leaves out what empties the bucket.
"""

_ROLES = """
## What roles may do

| role of | action | resource | condition | why |
|---|---|---|---|---|
"""

_RESOURCES = """
## Who is let in by a resource's own policy, and who is not

| resource | who | action | condition | why |
|---|---|---|---|---|
"""

_TRUST = """
## Who may assume the roles

| role of | by | condition |
|---|---|---|
"""

_PEOPLE = """
## What people need

The stack makes no role for people. What is encrypted with the key is read by whoever may use the key, too.

| to | actions |
|---|---|
| start an execution by hand | `states:StartExecution` on the state machine |
| look at the records | `dynamodb:Query` on the table, `kms:Decrypt` on the key |
| open the page of a report | `s3:GetObject` on objects in the bucket of reports, `kms:Decrypt` on the key |
| read the events that a queue keeps | `sqs:ReceiveMessage` on the queue, `kms:Decrypt` on the key |
"""

# In words, by logical id without its hash: whose roles they are, what is acted on.
NAMES = {
    "FunctionsResolveDatasetsRole": "`resolve_datasets`",
    "FunctionsStartDistributionRole": "`start_distribution`",
    "FunctionsCheckDistributionRole": "`check_distribution`",
    "FunctionsReportDistributionRole": "`report_distribution`",
    "WorkflowRole": "the state machine",
    "WorkflowStateMachineEventsRole": "the rule *Dataset created*",
    "ChatRole": "the rule for the chat",
    "WatchRole": "the rule *Untold*",
    "CustomS3AutoDeleteObjectsCustomResourceProviderRole": "CDK's function that empties the bucket",
    "FunctionsResolveDatasets": "`resolve_datasets`",
    "FunctionsStartDistribution": "`start_distribution`",
    "FunctionsCheckDistribution": "`check_distribution`",
    "FunctionsReportDistribution": "`report_distribution`",
    "FunctionsResolveDatasetsLogs": "its log group",
    "FunctionsStartDistributionLogs": "its log group",
    "FunctionsCheckDistributionLogs": "its log group",
    "FunctionsReportDistributionLogs": "its log group",
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
    "cloudwatch": "Amazon CloudWatch",
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
    "rekognition:ListDatasetLabels report_distribution": "The report counts the entries of each label.",
    "rekognition:DistributeDatasetEntries": "The distribution itself. IAM asks for both datasets.",
    "dynamodb:GetItem resolve_datasets": "What earlier executions have recorded of the pair.",
    "dynamodb:GetItem start_distribution": "Whether the execution still owns the pair, right before it starts.",
    "dynamodb:GetItem the state machine": "*Read claim*: whose the pair is.",
    "dynamodb:PutItem": "*Keep earlier record*: what the owner before had recorded.",
    "dynamodb:UpdateItem": "*Claim pair*, *Take over claim*, and each *Record …*.",
    "kms:Decrypt via dynamodb": "Whoever reads or writes an encrypted table uses its key (*How DynamoDB uses AWS KMS*, "
    "Amazon DynamoDB Developer Guide).",
    "kms:Decrypt via sns": _ENCRYPTED_TOPIC,
    "kms:GenerateDataKey via sns": _ENCRYPTED_TOPIC,
    "kms:GenerateDataKey via s3": "Whoever writes into an encrypted bucket uses its key (*Using SSE-KMS*, Amazon S3 "
    "User Guide).",
    "s3:PutObject": "The page of a report.",
    "states:GetExecutionHistory": "The page shows the way that the execution took.",
    "states:DescribeExecution": "*Ask for owner*: whether the owner of the pair still runs.",
    "states:StartExecution": "A dataset was created.",
    "lambda:InvokeFunction resolve_datasets": "*Resolve datasets*.",
    "lambda:InvokeFunction start_distribution": "*Start distribution*.",
    "lambda:InvokeFunction check_distribution": "*Check distribution*.",
    "lambda:InvokeFunction report_distribution": "*Report distribution*.",
    "sns:Publish the state machine": "*Notify success* and *Notify failure*.",
    "sns:Publish the rule for the chat": "What came of an execution, for a channel.",
    "sns:Publish the rule *Untold*": "An execution ended without a word of its own.",
    "sns:Publish the topic of operations": "Alarms have no role.",
    "events:PutEvents": "*Send success event* and *Send failure event*.",
    "cloudwatch:PutMetricData": "*Count success* and *Count failure*.",
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


def render(template: Template) -> str:
    """The page."""
    of_roles = sorted(grants_of_roles(template), key=lambda grant: list(NAMES).index(plain(grant.owner)))
    return "".join(
        [
            *(_HEAD, _ROLES, *map(_row_of_role, of_roles)),
            *(_RESOURCES, *map(_row_of_resource, rules_of_resources(template))),
            *(_TRUST, *_trust(template), _PEOPLE),
        ]
    )


def why(grant: Grant) -> str:
    """The key of WHY that says it: of those that fit, the one that says most. LookupError where nobody has said."""
    action = f"{grant.action} via {grant.via}" if grant.via else grant.action
    conditions = [key for each in grant.statement.get("Condition", {}).values() for key in each]
    differing = [_of(grant), *re.findall(r"`\w+`", _named(grant.resource)), grant.statement.get("Sid", ""), *conditions]
    keys = [action, *(f"{action} {each}".replace("`", "") for each in differing)]
    found = [key for key in keys if key in WHY]
    if not found:
        raise LookupError(f"Nobody has said why; it may be said by one of {keys}.")
    return found[-1]


def _row_of_role(grant: Grant) -> str:
    resource, because = _named(grant.resource), WHY[why(grant)]
    if resource == "*":
        title = TAKES_NO_RESOURCE[grant.action.partition(":")[0]]
        resource, because = "`*`", f"{because} It takes no resource (Service Authorization Reference, *{title}*)."
    return _row(_of(grant), f"`{grant.action}`", resource, _conditions(grant.statement), because)


def _row_of_resource(rule: Grant) -> str:
    return _row(_of(rule), _who(rule), f"`{rule.action}`", _conditions(rule.statement), WHY[why(rule)])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _of(grant: Grant) -> str:
    return NAMES[plain(grant.owner)]


def _who(grant: Grant) -> str:
    principal = grant.statement["Principal"]
    if grant.statement["Effect"] == "Deny":
        return "**refused:** everybody"
    if "Service" in principal:
        return f"`{_named(principal['Service'])}`"
    who = _named(principal["AWS"])
    return "this account" if who.endswith(":root") else who


def _conditions(statement: Statement) -> str:
    stated: Mapping[str, Mapping[str, Any]] = statement.get("Condition", {})
    return "; ".join(
        f"`{key}` {_COMPARED[operator]} {_value(value)}"
        for operator, each in stated.items()
        for key, value in each.items()
    )


_COMPARED = {
    "ArnEquals": "is",
    "ArnLike": "is like",
    "Bool": "is",
    "NumericLessThan": "is less than",
    "StringEquals": "is",
}


def _value(value: Any) -> str:
    named = _named(value)
    return named if named.startswith("the ") or named == "this account" else f"`{named}`"


_FORMS = [
    (r"arn:[^:]*:rekognition:.*:project/(.*)", r"`project/\1`"),
    (r"arn:[^:]*:events:.*:event-bus/default", "the account's default event bus"),
    (r"arn:[^:]*:states:.*:execution:(.*):\*", r"executions of \1"),
    (r"arn:[^:]*:cloudwatch:.*:alarm:.*-\*", "the alarms of this stack"),
    (r"arn:[^:]*:logs:.*:log-group:/aws/vendedlogs/.*-\*", "that of its state machine"),
    (r"arn:[^:]*:logs:.*:log-group:.*-\*", "the log groups of this stack"),
    (r"arn:[^:]*:sqs:.*:\*", "the queues of this account"),
    (r"arn:[^:]*:states:.*:stateMachine:\*", "the state machines of this account"),
    (r"(.*)/\*", r"objects in \1"),
    (r"(.*):\*", r"every version of \1"),
]


def _named(value: Any) -> str:
    """A value of the template as people would say it."""
    if isinstance(value, list):
        return " or ".join(map(_named, value))
    text = _text(value)
    for form, words in _FORMS:
        if re.fullmatch(form, text):
            return re.sub(form, words, text)
    return text


def _text(value: Any) -> str:
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_text, parts))
        case {"Ref": "AWS::AccountId"}:
            return "this account"
        case {"Ref": "AWS::Region"}:
            return "REGION"
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": name} | {"Fn::GetAtt": [name, *_]}:
            return NAMES[plain(name)]
    return str(value)


def _trust(template: Template) -> Iterator[str]:
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            for statement in as_list(resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]):
                yield _row(NAMES[plain(name)], f"`{statement['Principal']['Service']}`", _conditions(statement))


if __name__ == "__main__":
    PAGE.write_text(render(synthesize(Settings())))
