"""The account and Region that the shell's credentials reach."""

from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

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

    def _create_client(self, service: str) -> Any:
        return self._session.client(service, config=Config(retries=RETRIES))
