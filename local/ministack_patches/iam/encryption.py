"""Who uses an encrypted topic, queue, table or bucket needs its key; MiniStack asks nobody.

Signed calls, tasks of state machines, targets of rules and actions of alarms are asked. SNS and SQS Developer Guides,
"Key management"; DynamoDB Developer Guide, "How DynamoDB uses AWS KMS"; Amazon S3 User Guide, "Using SSE-KMS".
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from ministack import app as ministack
from ministack.core import iam_actions, iam_evaluator, responses, router
from ministack.services import cloudwatch, dynamodb, eventbridge, s3, sns, sqs, stepfunctions

from local.faults.apis import error_answer
from local.ministack_patches.cloudformation.bucket_properties import KEY
from local.ministack_patches.iam import service_roles
from local.ministack_patches.iam.keys import TO_READ, TO_SEND, TO_WRITE, Context, KeyRefusedError, lets_in, require

Record = dict[str, Any]
Headers = dict[str, str]
Response = tuple[int, Headers, bytes]
Handler = Callable[[str, str, Headers, bytes, Record], Awaitable[Response]]


@dataclass(frozen=True)
class Encrypted:
    """A key, and the encryption context with which a service uses it."""

    key: str
    context: Context


ON_TABLES = ("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan", "ConditionCheckItem")
IN_BATCHES = ("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems")

# Of a call, as IAM names it: what its caller needs of the key.
CALLS = {
    "sns:Publish": TO_SEND,
    "sns:PublishBatch": TO_SEND,
    "sqs:SendMessage": TO_SEND,
    "sqs:ReceiveMessage": TO_READ,
    "s3:PutObject": TO_WRITE,
    "s3:GetObject": TO_READ,
    **{f"dynamodb:{name}": TO_READ for name in (*ON_TABLES, *IN_BATCHES)},
}

# Of an API: the exception that its model has for it.
ERRORS = {"sns": "KMSAccessDeniedException", "sqs": "KmsAccessDenied", "dynamodb": "AccessDeniedException"}

# Of a task: the error when its role may not use the key.
TASK_ERRORS = {"sns": "SNS.KMSAccessDeniedException", "dynamodb": "DynamoDB.AccessDeniedException"}


def install() -> None:
    """Ask for keys. Before service_roles: that asks whether the role may do it at all, and goes first."""
    for service in ("sns", "sqs", "s3", "dynamodb"):
        ministack.SERVICE_HANDLERS[service] = _if_the_caller_may(service, ministack.SERVICE_HANDLERS[service])
    stepfunctions._invoke_resource = _if_the_task_may(stepfunctions._invoke_resource)
    eventbridge._invoke_target = _if_the_rule_may(eventbridge._invoke_target)
    eventbridge._dispatch_to_sqs = _if_events_may(eventbridge._dispatch_to_sqs)
    cloudwatch._dispatch_alarm_actions = _if_the_alarm_may(cloudwatch._dispatch_alarm_actions)


def _if_the_caller_may(service: str, original: Handler) -> Handler:
    async def handle_request(method: str, path: str, headers: Headers, body: bytes, query: Record) -> Response:
        try:
            _authorize(service, method, path, headers, body, query)
        except KeyRefusedError as refused:
            return _answer(service, str(refused), path)
        return await original(method, path, headers, body, query)

    return handle_request


def _authorize(service: str, method: str, path: str, headers: Headers, body: bytes, query: Record) -> None:
    parameters = ministack._routing_params(method, path, headers, body, query)
    action = iam_actions.extract_iam_action(service, method, path, headers, body, parameters)
    if action not in CALLS or method == "HEAD":
        return
    home = responses.get_region(), responses.get_account_id()
    principal = iam_evaluator.resolve_principal(router.extract_access_key_id(headers, query), home[1])
    if isinstance(principal, iam_evaluator.AuthError):
        return  # nobody, and nobody was let in but where everybody may come
    arns = [iam_actions.extract_resource_arn(service, method, path, headers, body, parameters, *home)]
    if service == "dynamodb":
        of_transaction = [arn for _, arn in iam_actions.dynamodb_transaction_checks(action, body, *home)]
        arns = of_transaction or iam_actions.dynamodb_resource_arns(body, *home) or arns
    for arn in arns:
        used = _object(arn, action, headers) if service == "s3" else encrypted(arn)
        require(principal, used.key, CALLS[action], service, used.context)


def _answer(service: str, message: str, path: str) -> Response:
    if service == "s3":
        answer: Response = s3._error("AccessDenied", message, 403, path)
        return answer
    status, content_type, body = error_answer(service, ERRORS[service], message)
    return status, {"Content-Type": content_type}, body


def encrypted(arn: str) -> Encrypted:
    """A topic's, a queue's or a table's key, which may be the empty string."""
    service = arn.split(":")[2]
    if service == "sns":
        topic = sns._topic_by_arn_any_scope(arn) or {"attributes": {}}
        return Encrypted(topic["attributes"].get("KmsMasterKeyId", ""), {"aws:sns:topicArn": arn})
    if service == "sqs":
        queue = sqs._queue_by_arn(arn) or {"attributes": {}}
        return Encrypted(queue["attributes"].get("KmsMasterKeyId", ""), {"aws:sqs:arn": arn})
    name = arn.partition(":table/")[2].partition("/")[0]
    table = dynamodb._tables.get(name) or {}
    context = {"aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": responses.get_account_id()}
    return Encrypted((table.get("SSEDescription") or {}).get("KMSMasterKeyArn", ""), context)


def _object(arn: str, action: str, headers: Headers) -> Encrypted:
    """What is read has the key it was written with; what is written, the one it names or the bucket's.

    With an S3 Bucket Key, the encryption context has the bucket in the place of the object.
    """
    bucket, _, key = arn.removeprefix("arn:aws:s3:::").partition("/")
    has_bucket_key = "<BucketKeyEnabled>true<" in s3._bucket_encryption.get(bucket, "")
    context = {"aws:s3:arn": f"arn:aws:s3:::{bucket}" if has_bucket_key else arn}
    if action == "s3:PutObject":
        return Encrypted(headers.get(KEY) or s3._bucket_default_sse_headers(bucket).get(KEY, ""), context)
    found = (s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key)
    return Encrypted(s3._stored_sse_headers(found).get(KEY, "") if found else "", context)


def _if_the_task_may(original: Callable[[str, Any], Any]) -> Callable[[str, Any], Any]:
    def invoke_resource(resource: str, arguments: Any) -> Any:
        task = resource.partition(":::")[2]
        service = task.partition(":")[0]
        if service in TASK_ERRORS and task in service_roles.TASKS:
            action, name, _ = service_roles.TASKS[task]
            used = encrypted(service_roles.arn_of(name, arguments.get(name, "")))
            try:
                require(service_roles.running_as(), used.key, CALLS[action], service, used.context)
            except KeyRefusedError as refused:
                raise stepfunctions._ExecutionError(TASK_ERRORS[service], str(refused)) from None
        return original(resource, arguments)

    return invoke_resource


def _if_the_rule_may(original: Callable[..., None]) -> Callable[..., None]:
    """What cannot be encrypted for its target goes to the target's dead-letter queue."""

    def invoke_target(target: Record, event: Record, rule: Record, view: Any = None) -> None:
        if _may_deliver(target):
            original(target, event, rule, view)
        else:
            service_roles.keep_undelivered(target, event, rule)

    return invoke_target


def _may_deliver(target: Record) -> bool:
    arn, role = target["Arn"], target.get("RoleArn", "")
    if arn.split(":")[2] not in ("sns", "sqs"):
        return True
    if not role:
        return _lets_events_in(arn)
    used = encrypted(arn)
    try:
        require(service_roles.principal_of(role), used.key, TO_SEND, arn.split(":")[2], used.context)
    except KeyRefusedError:
        return False
    return True


def _lets_events_in(arn: str) -> bool:
    """Of EventBridge a key's policy learns the account, by which CDK's own grants go, and not the rule."""
    used = encrypted(arn)
    return lets_in(used.key, "events.amazonaws.com", TO_SEND, used.context, sourceaccount=responses.get_account_id())


def _if_events_may(original: Callable[..., None]) -> Callable[..., None]:
    def dispatch_to_sqs(queue: Any, *more: Any) -> None:
        if _lets_events_in(str(queue)):
            original(queue, *more)

    return dispatch_to_sqs


def _if_the_alarm_may(original: Callable[..., None]) -> Callable[..., None]:
    """An alarm's action is dropped where the key of its topic does not let the alarm in."""

    def dispatch_alarm_actions(alarm: Record, *change: str) -> None:
        source = {"sourcearn": alarm["AlarmArn"], "sourceaccount": responses.get_account_id()}

        def may(action: str) -> bool:
            if action.split(":")[2] != "sns":
                return True
            used = encrypted(action)
            return lets_in(used.key, "cloudwatch.amazonaws.com", TO_SEND, used.context, **source)

        may_do = {key: list(filter(may, alarm.get(key) or [])) for key in service_roles.ALARM_ACTIONS}
        original({**alarm, **may_do}, *change)

    return dispatch_alarm_actions
