"""The configuration of every AWS client of the functions.

The SDK does not retry. Only the state machine retries, so the execution's history shows each retry, and a call that
must not be repeated is not.
"""

from botocore.config import Config

CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
