"""The executions of the account and Region, as a resource of IAM."""

from aws_cdk import ArnFormat, Stack
from constructs import Construct


def every_execution(scope: Construct) -> str:
    """`arn:…:execution:*`"""
    return Stack.of(scope).format_arn(
        service="states", resource="execution", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
