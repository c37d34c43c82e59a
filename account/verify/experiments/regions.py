"""What a Region without Custom Labels answers."""

from botocore.exceptions import ClientError

from account.verify.answer import Answer
from account.verify.lab import Lab, code_of

# Rekognition is there, but not Custom Labels: "Amazon Rekognition endpoints and quotas", AWS General Reference.
REGION = "ca-central-1"


def observe_region(lab: Lab) -> list[Answer]:
    """Calls an operation of Custom Labels there. An error with a message may come from a policy of the account."""
    try:
        lab.client("rekognition", region_name=REGION).describe_projects()
    except ClientError as error:
        code, message = code_of(error), error.response["Error"].get("Message", "")
        return [Answer("unavailable_region", None if message else code, f"{code} in {REGION}: {message!r}")]
    return [Answer("unavailable_region", None, f"{REGION} has Custom Labels")]
