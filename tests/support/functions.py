"""Lambda functions that a test creates."""

import io
import json
import zipfile
from typing import Any

from local.aws import LocalAws
from tests.support.roles import Role
from tests.support.telemetry import read_log_lines
from tests.support.unique import unique

CODE = "import json\n\ndef handler(event, context):\n    print(json.dumps(event))\n"


def create_function(
    aws: LocalAws, actions: list[str], *, code: str = CODE, group: bool = True, **more: Any
) -> tuple[str, str]:
    """The name and the ARN of a new function. Its role allows only `actions`. With `group` it has a log group."""
    name, archive = unique("function"), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("code_.py", code)
    if group:
        aws.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    role, files = Role(aws, {"Action": actions}).arn, {"ZipFile": archive.getvalue()}
    created = aws.client("lambda").create_function(
        FunctionName=name, Runtime="python3.14", Role=role, Handler="code_.handler", Code=files, Timeout=30, **more
    )
    return name, str(created["FunctionArn"])


def print_and_read_log(
    aws: LocalAws, actions: list[str], event: dict[str, Any], *, group: bool = True, **more: Any
) -> list[str]:
    """The log lines of a new function, after it has printed the event. Its role allows only `actions`."""
    name, _ = create_function(aws, actions, group=group, **more)
    aws.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
    return read_log_lines(aws, f"/aws/lambda/{name}")
