"""The AWS clients of the functions.

The SDK does not retry. Only the state machine retries, so the execution's history shows each retry, and a call that
must not be repeated is not.
"""

from typing import Any

import botocore.session  # boto3 would import S3's transfer manager, too: up to a tenth of a cold start
from botocore.config import Config

CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
_session = botocore.session.get_session()


def make_client(service: str) -> Any:
    """A client of the service, with the Region and the role of the function."""
    return _session.create_client(service, config=CONFIG)
