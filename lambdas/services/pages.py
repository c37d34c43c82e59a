"""Keep a page in S3."""

from urllib.parse import quote

import boto3

from lambdas.services.sdk import CONFIG

_s3 = boto3.client("s3", config=CONFIG)


def put_page(bucket: str, project_name: str, execution: str, html: str) -> str:
    """Its link into the S3 console. An execution that is redriven replaces its page."""
    region, name = execution.split(":")[3], execution.rsplit(":", 1)[-1]
    key = f"{project_name}/{name}.html"
    _s3.put_object(Bucket=bucket, Key=key, Body=html.encode(), ContentType="text/html; charset=utf-8")
    return f"https://{region}.console.aws.amazon.com/s3/object/{bucket}?region={region}&prefix={quote(key)}"
