"""A deployed stack of this app: its status, outputs and resources."""

from typing import Any, NamedTuple

from botocore.exceptions import ClientError

from account.session import Account, AccountError


class Resource(NamedTuple):
    """A resource of the stack. `logical_id` begins with the ids of its constructs."""

    logical_id: str
    physical_id: str


class DeployedStack:
    """Raises AccountError if the Region has no stack with this name, or one of another app."""

    def __init__(self, account: Account, name: str) -> None:
        self.account, self.name = account, name
        described = self._describe()
        self.status = str(described["StackStatus"])
        self.description = str(described.get("Description", ""))
        self.outputs = {each["OutputKey"]: str(each["OutputValue"]) for each in described.get("Outputs", [])}
        if "StateMachineArn" not in self.outputs:
            raise AccountError(
                f"The stack {name} is {self.status} and has no output StateMachineArn: it is no finished deployment "
                f"of this app."
            )
        self._resources = self._list_resources()

    def client(self, service: str) -> Any:
        return self.account.client(service)

    def resources(self, kind: str, prefix: str = "") -> list[Resource]:
        """The resources of a CloudFormation type whose logical ids begin with `prefix`."""
        return [each for each in self._resources.get(kind, []) if each.logical_id.startswith(prefix)]

    def _describe(self) -> dict[str, Any]:
        where = f"account {self.account.id}, Region {self.account.region}"
        try:
            (described,) = self.client("cloudformation").describe_stacks(StackName=self.name)["Stacks"]
        except ClientError as error:
            if error.response["Error"]["Code"] != "ValidationError":
                raise AccountError(f"The stack {self.name} cannot be read in {where}: {error}") from None
            raise AccountError(
                f"There is no stack {self.name} in {where}. Set AWS_REGION and AWS_PROFILE to where it is deployed, "
                "and STACK to its name."
            ) from None
        return dict(described)

    def _list_resources(self) -> dict[str, list[Resource]]:
        found: dict[str, list[Resource]] = {}
        for page in self.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=self.name):
            for each in page["StackResourceSummaries"]:
                resource = Resource(each["LogicalResourceId"], each.get("PhysicalResourceId", ""))
                found.setdefault(each["ResourceType"], []).append(resource)
        return found
