"""Who may use a KMS key: a principal by the key's policy and its own together, a service by the key's policy alone."""

from typing import Any

from ministack.core import iam_actions, iam_evaluator, responses
from ministack.services import kms

Context = dict[str, Any]

MANAGED = "alias/aws/"
TO_READ = ("kms:Decrypt",)
TO_WRITE = ("kms:GenerateDataKey",)
TO_SEND = ("kms:GenerateDataKey", "kms:Decrypt")


class KeyRefusedError(Exception):
    """The principal may not use the key; the message is AWS's."""


def require(principal: Any, key: str, actions: tuple[str, ...], via: str, encryption: Context) -> None:
    """Raise KeyRefusedError unless the principal may do this with the key through the service, such as `sns`.

    Every principal of the account may use an AWS managed key. `encryption` is the encryption context.
    """
    if not key or MANAGED in key or principal.policies is None:
        return
    found = _find_enabled_key(key)
    context = {
        **_context_keys(encryption),
        "kms:viaservice": f"{via}.{responses.get_region()}.amazonaws.com",
        "kms:calleraccount": principal.account,
    }
    for action in actions:
        if found is None or not _allows(principal, action, found, context):
            resource = found["Arn"] if found else key
            raise KeyRefusedError(iam_actions.identity_denial_message(action, principal.arn, resource, False))


def policy_allows(key: str, service: str, actions: tuple[str, ...], encryption: Context, **source: str) -> bool:
    """Whether the key's policy allows a service, such as `events.amazonaws.com`, to do this.

    `source` has the condition keys that begin with `aws:`. The policy of an AWS managed key allows no service. A
    service's own request has neither kms:ViaService nor kms:CallerAccount.
    """
    if not key:
        return True
    found = _find_enabled_key(key)
    context = {**_context_keys(encryption), **{f"aws:{name}": value for name, value in source.items()}}
    return found is not None and all(
        iam_evaluator.evaluate_resource_policy(
            found.get("Policy"), _request("*", "Service", "", action, found["Arn"], context), service=service
        ).decision
        == "Allow"
        for action in actions
    )


def _find_enabled_key(key: str) -> dict[str, Any] | None:
    """The key of this id, ARN or alias; None if there is none, or it is disabled or waits for its deletion."""
    found: dict[str, Any] | None = kms._resolve_key(key)
    return found if found and found["KeyState"] == "Enabled" else None


def _allows(principal: Any, action: str, key: dict[str, Any], context: Context) -> bool:
    request = _request(principal.arn, principal.type, principal.account, action, key["Arn"], context, principal.keys)
    own = iam_evaluator.evaluate(request, principal.policies, *principal.limits)
    decision: str = iam_evaluator.combine_resource_policy(
        own, request, key.get("Policy"), responses.get_account_id(), required=True, limits=principal.limits
    ).decision
    return decision == "Allow"


def _request(
    arn: str, kind: str, account: str, action: str, key: str, context: Context, own: Context | None = None
) -> Any:
    return iam_evaluator.EvalContext(
        principal_arn=arn,
        principal_type=kind,
        principal_account=account,
        action=action,
        resource_arn=key,
        region=responses.get_region(),
        service_context=context,
        principal_keys=own or {},
    )


def _context_keys(encryption: Context) -> Context:
    return {
        "kms:encryptioncontextkeys": list(encryption),
        **{f"kms:encryptioncontext:{name}".lower(): value for name, value in encryption.items()},
    }
