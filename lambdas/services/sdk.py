"""How every AWS client of the functions behaves.

The SDK's own retries are off: each retry is one of the state machine's, to be seen in the execution's history, and a
call that cannot be repeated is never repeated behind its back.
"""

from botocore.config import Config

CONFIG = Config(retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=20)
