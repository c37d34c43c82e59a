"""Stacks of a template of a test's own."""

import json
import uuid
from typing import Any

from local.aws import LocalAws

NAME = "Throwaway"


class Stack:
    """A stack of these resources, by logical id."""

    def __init__(self, aws: LocalAws, **resources: Any) -> None:
        self._cloudformation, self._name = aws.client("cloudformation"), f"{NAME}-{uuid.uuid4().hex[:12]}"
        self._do("create", resources)

    def update(self, **resources: Any) -> None:
        self._do("update", resources)

    def delete(self) -> None:
        self._cloudformation.delete_stack(StackName=self._name)
        self._wait("delete")

    def ref(self, logical_id: str) -> str:
        """The physical id."""
        found = self._cloudformation.describe_stack_resource(StackName=self._name, LogicalResourceId=logical_id)
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    def reason(self) -> str:
        """Why it failed, of the resource that failed first."""
        events = self._cloudformation.describe_stack_events(StackName=self._name)["StackEvents"]
        failed = [event["ResourceStatusReason"] for event in events if event["ResourceStatus"].endswith("_FAILED")]
        return str(failed[-1])

    def _do(self, what: str, resources: Any) -> None:
        call = getattr(self._cloudformation, f"{what}_stack")
        capabilities = ["CAPABILITY_NAMED_IAM"]
        call(StackName=self._name, TemplateBody=json.dumps({"Resources": resources}), Capabilities=capabilities)
        self._wait(what)

    def _wait(self, what: str) -> None:
        waiter = self._cloudformation.get_waiter(f"stack_{what}_complete")
        waiter.wait(StackName=self._name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 300})
