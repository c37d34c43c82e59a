"""Where the page of a report is written to."""

import importlib

import pytest
from botocore.stub import ANY, Stubber

EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:Machine:name"


def test_page_is_written_only_into_a_bucket_of_this_account(monkeypatch: pytest.MonkeyPatch) -> None:
    """S3 refuses the call if another account owns a bucket of this name ("Verifying bucket ownership")."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    pages = importlib.import_module("lambdas.services.pages")
    sent = {"Bucket": "reports", "Key": ANY, "Body": ANY, "ContentType": ANY, "ExpectedBucketOwner": "123456789012"}
    with Stubber(pages._s3) as s3:
        s3.add_response("put_object", {}, sent)
        pages.put_page("reports", "my-project", EXECUTION, "<p>")
        s3.assert_no_pending_responses()
