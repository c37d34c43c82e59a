"""What IAM allows a principal or a role, by its own policies."""

from typing import Any

from ministack.core import iam_evaluator, responses


def allows(principal: Any, action: str, resource_arn: str, context: dict[str, Any] | None = None) -> bool:
    """Whether the principal's own policies, within their limits, allow the action. `context` has condition keys."""
    if principal.policies is None:  # the account's root
        return True
    request = iam_evaluator.EvalContext(
        principal_arn=principal.arn,
        principal_type=principal.type,
        principal_account=principal.account,
        action=action,
        resource_arn=resource_arn,
        region=responses.get_region(),
        service_context=context or {},
        principal_keys=principal.keys,
    )
    decision: str = iam_evaluator.evaluate(request, principal.policies, *principal.limits).decision
    return decision == "Allow"


def role_allows(role_arn: str, action: str, resource_arn: str, context: dict[str, Any] | None = None) -> bool:
    """Whether a service that has assumed the role may do it."""
    return allows(assumed_role(role_arn), action, resource_arn, context)


def assumed_role(role_arn: str) -> Any:
    """The principal that has assumed the role."""
    name, account = role_arn.rsplit("/", 1)[-1], responses.get_account_id()
    policies = iam_evaluator._gather_role_policies(name, account)
    return iam_evaluator.PrincipalInfo(role_arn, "AssumedRole", account, policies)
