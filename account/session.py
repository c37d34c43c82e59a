"""The account and Region that the shell's credentials reach."""

from collections.abc import Callable
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

SESSION = "make-verify"  # the name of the sessions of a role
RETRIES = {"mode": "standard", "total_max_attempts": 5}


class AccountError(Exception):
    """The account cannot be asked; the message is a sentence for the person at the shell."""


class Account:
    """An account in one Region, and a client of each service there."""

    def __init__(self) -> None:
        """Raises AccountError if the shell has no Region, or no credentials that AWS accepts."""
        try:
            self._session = boto3.Session()
        except BotoCoreError as error:
            raise AccountError(f"The shell's AWS configuration is not usable: {error}") from None
        if not self._session.region_name:
            raise AccountError("The shell names no Region. Set AWS_REGION to the Region of the stack.")
        self.region = self._session.region_name
        self.client = cache(self._create_client)
        try:
            self.id = str(self.client("sts").get_caller_identity()["Account"])
        except ClientError as error:
            raise AccountError(f"AWS does not accept the shell's credentials: {error}") from None
        except BotoCoreError as error:
            raise AccountError(
                f"The shell's credentials reach no account: {error}. Sign in, or set AWS_PROFILE."
            ) from None

    def assume(self, role_arn: str) -> Callable[[str], Any]:
        """A function that creates clients with the credentials of this role."""
        given = self.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=SESSION)["Credentials"]
        credentials = {
            "aws_access_key_id": given["AccessKeyId"],
            "aws_secret_access_key": given["SecretAccessKey"],
            "aws_session_token": given["SessionToken"],
        }
        return cache(lambda service: self._create_client(service, **credentials))

    def _create_client(self, service: str, **credentials: str) -> Any:
        return self._session.client(service, config=Config(retries=RETRIES), **credentials)
