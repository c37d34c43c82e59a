"""Roles that a test creates, and the roles of the stack."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from local.aws import ACCOUNT, LocalAws
from tests.support.unique import unique

TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}]
}


def allow_policy(*statements: dict[str, Any]) -> str:
    """The JSON of a policy that allows these statements. A statement without a resource allows every resource."""
    allowed = [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": allowed})


class Role:
    """A role that allows these statements and nothing else."""

    def __init__(self, aws: LocalAws, *statements: dict[str, Any]) -> None:
        self._aws, self._iam, self.name = aws, aws.client("iam"), unique("role")
        created = self._iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(TRUST))
        self.arn = str(created["Role"]["Arn"])
        self.allow(*statements)

    def allow(self, *statements: dict[str, Any], policy: str = "own") -> None:
        """Replace the statements of the inline policy with this name."""
        self._iam.put_role_policy(RoleName=self.name, PolicyName=policy, PolicyDocument=allow_policy(*statements))

    def client(self, service: str) -> Any:
        """A boto3 client with the credentials of the role."""
        return self._aws.client(service, **{name.lower(): value for name, value in self.credentials().items()})

    def credentials(self) -> dict[str, str]:
        """The environment variables of a shell with new credentials of the role."""
        given = self._aws.client("sts").assume_role(RoleArn=self.arn, RoleSessionName="test")["Credentials"]
        return {
            "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
            "AWS_SESSION_TOKEN": given["SessionToken"],
        }


@contextmanager
def deny_action(aws: LocalAws, role: str, action: str) -> Iterator[None]:
    """Deny the role this action while the block runs."""
    iam = aws.client("iam")
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": action, "Resource": "*"}]}
    iam.put_role_policy(RoleName=role, PolicyName="denied", PolicyDocument=json.dumps(document))
    try:
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName="denied")


def find_role_name(aws: LocalAws, part: str) -> str:
    """The name of the one role of the stack whose name contains `part`."""
    roles = aws.client("iam").list_roles()["Roles"]
    (name,) = [role["RoleName"] for role in roles if part in role["RoleName"]]
    return str(name)
