"""Who makes a call, and what of the rest of AWS is reached with the caller's rights."""

from collections.abc import Callable
from dataclasses import dataclass


class AccessDenied(Exception):  # noqa: N818 - named by its situation, as IAM names it
    """IAM refuses a permission that an operation needs beside its own; the message is IAM's sentence."""


class ObjectUnreadable(Exception):  # noqa: N818 - named by its situation
    """There is no such S3 object, version or bucket."""


class ObjectForbidden(ObjectUnreadable):
    """The S3 object may be there, but the caller may not read it."""


@dataclass(frozen=True)
class Caller:
    """The identity behind a request, and its ways into IAM and S3."""

    account: str
    region: str
    arn: str
    access_key_id: str
    source_ip: str
    user_agent: str
    authorize: Callable[[str, str], None]
    """(action, resource ARN): raises AccessDenied when IAM says no."""
    read_object: Callable[[str, str, str | None], bytes]
    """(bucket, key, version): the object, read with the caller's rights; raises ObjectUnreadable."""
