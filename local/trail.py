"""The account's CloudTrail trail. As on AWS, no event of an API call reaches EventBridge without one."""

from ministack.core import responses
from ministack.services import cloudtrail

NAME = "management-events"


def create_trail(account: str, region: str) -> None:
    """Give the account a trail of all management events."""
    with responses.request_scope(account, region):
        cloudtrail._create_trail({"Name": NAME, "IsMultiRegionTrail": True, "S3BucketName": f"trail-{account}"})
        cloudtrail._start_logging({"Name": NAME})


def logs_calls(account: str, region: str) -> bool:
    """Whether a trail is logging in this Region of the account; local trails log all management events."""
    with responses.request_scope(account, region):
        return any(trail["IsLogging"] for _home, _name, trail in cloudtrail._visible_trail_items())
