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


def print_and_read_log(
    aws: LocalAws, actions: list[str], event: dict[str, Any], *, group: bool = True, **more: Any
) -> list[str]:
    """The log lines of a new function, after it has printed the event. Its role allows only `actions`."""
    functions, name, archive = aws.client("lambda"), unique("function"), io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("code_.py", CODE)
    if group:
        aws.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    role, code = Role(aws, {"Action": actions}).arn, {"ZipFile": archive.getvalue()}
    functions.create_function(
        FunctionName=name, Runtime="python3.14", Role=role, Handler="code_.handler", Code=code, Timeout=30, **more
    )
    functions.invoke(FunctionName=name, Payload=json.dumps(event))
    return read_log_lines(aws, f"/aws/lambda/{name}")
