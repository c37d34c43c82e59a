"""The bucket of report pages."""

from urllib.parse import quote

from lambdas.rules.input.arns import parse_location
from lambdas.services.sdk import make_client

_s3 = make_client("s3")


def put_page(bucket: str, project_name: str, execution: str, html: str) -> str:
    """Store the page and return its link in the S3 console. After a redrive, the execution replaces its page."""
    location, name = parse_location(execution), execution.rpartition(":")[2]
    key = f"{_make_folder(project_name)}/{name}.html"
    _s3.put_object(
        Bucket=bucket,
        Key=key,
        Body=html.encode(),
        ContentType="text/html; charset=utf-8",
        ExpectedBucketOwner=location.account,
    )
    region = location.region
    return f"https://{region}.console.aws.amazon.com/s3/object/{bucket}?region={region}&prefix={quote(key)}"


def _make_folder(project_name: str) -> str:
    """The project's name. For the names `.` and `..` it is in parentheses, which no other project's name has.

    A key that begins with `../` is not valid, and the console has no object that begins with `./`. Amazon S3 User
    Guide, "Naming Amazon S3 objects".
    """
    return f"({project_name})" if project_name in (".", "..") else project_name
