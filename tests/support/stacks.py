"""Stacks that a test deploys from a template of its own."""

import json
from collections.abc import Sequence
from typing import Any

from local.aws import LocalAws
from tests.support.unique import unique

NAME_PREFIX = "Throwaway"
# A larger template must come from S3 ("Template body size in a request", CloudFormation's page of quotas).
MAX_INLINE_BYTES = 51_200


class Stack:
    """A stack with these resources, by logical id."""

    def __init__(self, aws: LocalAws, **resources: Any) -> None:
        self._aws, self._cloudformation = aws, aws.client("cloudformation")
        self._name = unique(NAME_PREFIX)
        self._apply("create", resources)

    def update(self, **resources: Any) -> None:
        self._apply("update", resources)

    def delete(self, *, retain: Sequence[str] = ()) -> None:
        """Delete the stack. `retain` names the resources that an earlier deletion failed to delete."""
        self._cloudformation.delete_stack(StackName=self._name, RetainResources=retain)
        self._wait("delete")

    def ref(self, logical_id: str) -> str:
        """The physical id of the resource."""
        found = self._cloudformation.describe_stack_resource(StackName=self._name, LogicalResourceId=logical_id)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def failure_reason(self) -> str:
        """The reason of the resource that failed first."""
        events = self._cloudformation.describe_stack_events(StackName=self._name)["StackEvents"]
        failed = [event["ResourceStatusReason"] for event in events if event["ResourceStatus"].endswith("_FAILED")]
        return str(failed[-1])

    def _apply(self, action: str, resources: Any) -> None:
        call = getattr(self._cloudformation, f"{action}_stack")
        body = json.dumps({"Resources": resources})
        template = {"TemplateBody": body} if len(body) <= MAX_INLINE_BYTES else {"TemplateURL": self._upload(body)}
        call(StackName=self._name, Capabilities=["CAPABILITY_NAMED_IAM"], **template)
        self._wait(action)

    def _upload(self, body: str) -> str:
        s3, name = self._aws.client("s3"), self._name.lower()
        s3.create_bucket(Bucket=name)
        s3.put_object(Bucket=name, Key="template", Body=body)
        return f"{self._aws.endpoint_url}/{name}/template"

    def _wait(self, action: str) -> None:
        waiter = self._cloudformation.get_waiter(f"stack_{action}_complete")
        waiter.wait(StackName=self._name, WaiterConfig={"Delay": 0.02, "MaxAttempts": 1500})
