"""The caller of an API needs the KMS key of the topic, queue, table or object that it uses."""

from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app as ministack
from ministack.core import iam_actions, iam_evaluator, responses, router
from ministack.services import s3, sns

from local.ministack_patches.iam.encryption import encryption_of, object_encryption
from local.ministack_patches.iam.keys import TO_READ, TO_SEND, TO_WRITE, KeyRefusedError, require
from local.ministack_patches.registry import patch

Record = dict[str, Any]
Headers = dict[str, str]
Response = tuple[int, Headers, bytes]
Handler = Callable[[str, str, Headers, bytes, Record], Awaitable[Response]]

ON_TABLES = ("PutItem", "GetItem", "UpdateItem", "DeleteItem", "Query", "Scan", "ConditionCheckItem")
IN_BATCHES = ("BatchGetItem", "BatchWriteItem", "TransactGetItems", "TransactWriteItems")

# For each call, by the name of its IAM action: the actions on the key that its caller needs.
CALLS = {
    "sns:Publish": TO_SEND,
    "sns:PublishBatch": TO_SEND,
    "sqs:SendMessage": TO_SEND,
    "sqs:ReceiveMessage": TO_READ,
    "s3:PutObject": TO_WRITE,
    "s3:GetObject": TO_READ,
    **{f"dynamodb:{name}": TO_READ for name in (*ON_TABLES, *IN_BATCHES)},
}


@patch(
    "IAM: the caller of an API needs the KMS key of the topic, queue, table or object that it uses",
    why='MiniStack does not check it. SNS and SQS Developer Guides, "Key management"; DynamoDB Developer Guide, '
    '"How DynamoDB uses AWS KMS"; Amazon S3 User Guide, "Using SSE-KMS".',
)
def install() -> None:
    for service in ("sns", "sqs", "s3", "dynamodb"):
        ministack.SERVICE_HANDLERS[service] = _check_key(service, ministack.SERVICE_HANDLERS[service])


def _check_key(service: str, original: Handler) -> Handler:
    async def handle_request(method: str, path: str, headers: Headers, body: bytes, query: Record) -> Response:
        try:
            _authorize(service, method, path, headers, body, query)
        except KeyRefusedError as refused:
            return _refuse(service, str(refused), path)
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
        return  # MiniStack lets an anonymous caller in only where everybody may call
    arns = [iam_actions.extract_resource_arn(service, method, path, headers, body, parameters, *home)]
    if service == "dynamodb":
        of_transaction = [arn for _, arn in iam_actions.dynamodb_transaction_checks(action, body, *home)]
        arns = of_transaction or iam_actions.dynamodb_resource_arns(body, *home) or arns
    for arn in arns:
        used = object_encryption(arn, action, headers) if service == "s3" else encryption_of(arn)
        require(principal, used.key, CALLS[action], service, used.context)


def _refuse(service: str, message: str, path: str) -> Response:
    """The error of each API, by the name that its model has for it."""
    answer: Response
    match service:
        case "s3":
            answer = s3._error("AccessDenied", message, 403, path)
        case "sns":
            answer = sns._error("KMSAccessDenied", message, 400)
        case "sqs":
            answer = responses.error_response_json("KmsAccessDenied", message)
        case _:
            answer = responses.error_response_json("AccessDeniedException", message)
    return answer
