"""The native part of `awslambdaric`, for systems other than Linux: four calls of the Lambda Runtime API.

It has the names and arguments of the extension module `runtime_client`. Lambda Developer Guide, "Using the Lambda
runtime API for custom runtimes".
"""

import http.client
import os

API = "/2018-06-01/runtime/invocation"
DEADLINE = "Lambda-Runtime-Deadline-Ms"
_user_agent = ""


def initialize_client(user_agent: str) -> None:
    """Set the User-Agent header of later calls."""
    global _user_agent
    _user_agent = user_agent


def next() -> tuple[bytes, dict[str, str | int]]:
    """Wait for the next invocation; its payload and its headers, with the deadline as a number of milliseconds."""
    status, headers, body = _call("GET", f"{API}/next", None, {})
    if status != http.client.OK:
        raise RuntimeError(f"The Lambda Runtime API answered {status} to GET {API}/next.")
    return body, {**headers, DEADLINE: int(headers[DEADLINE])}


def post_invocation_result(invoke_id: str, result: bytes, content_type: str, _invocation_id: str | None = None) -> None:
    """Report what the handler returned."""
    _post(f"{API}/{invoke_id}/response", result, {"Content-Type": content_type})


def post_error(invoke_id: str, error: str, _xray_fault: str, _invocation_id: str | None = None) -> None:
    """Report what the handler raised, as JSON with `errorType` and `errorMessage`."""
    _post(f"{API}/{invoke_id}/error", error.encode(), {"Content-Type": "application/json"})


def _post(path: str, body: bytes, headers: dict[str, str]) -> None:
    status, _, _ = _call("POST", path, body, headers)
    if status != http.client.ACCEPTED:
        raise RuntimeError(f"The Lambda Runtime API answered {status} to POST {path}.")


def _call(method: str, path: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    try:
        connection.request(method, path, body, {"User-Agent": _user_agent, **headers})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()
