"""Python functions run as on AWS: their own process, AWS's own runtime client, their asset, and boto3 beside it.

MiniStack's Python worker reports every exception as `Runtime.HandlerError`, so no `Retry` or `Catch` that names an
error would match. Its path for custom runtimes speaks the real Lambda Runtime API; a `bootstrap` that starts
`awslambdaric` makes a Python function one of those.
"""

import os
import shlex
import socketserver
import sys
import tempfile
import threading
from collections.abc import Callable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from packaging.requirements import Requirement

from local.aws import ROOT

# The Lambda runtime for Python brings the SDK and its runtime client; everything else must be in the asset.
PROVIDED = ("boto3", "awslambdaric")


def install() -> None:
    """Make MiniStack run every Python function through `awslambdaric`, and give those of Node.js their SDK."""
    packages = Path(tempfile.mkdtemp(prefix="lambda-runtime-"))
    link_packages(packages)
    os.environ["NODE_PATH"] = str(_node_packages())
    lambda_runtime._worker_class_for = _of_python(lambda_runtime._worker_class_for)
    lambda_svc._execute_function_warm = _python_as_provided(lambda_svc._execute_function_warm)
    lambda_svc._provided_runtime_code_dir = _with_bootstrap(lambda_svc._provided_runtime_code_dir, packages)
    lambda_svc._provided_worker_env = _without_ours(lambda_svc._provided_worker_env)
    # MiniStack's Lambda Runtime API writes headers and body apart, and TCP waits 40 ms between the two.
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True


def _runs_python(config: dict[str, Any]) -> bool:
    return str(config.get("Runtime", "")).startswith("python")


def _of_python(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda config: lambda_runtime.ProvidedWorker if _runs_python(config) else original(config)


def _python_as_provided(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute_function_warm(function: dict[str, Any], *arguments: Any) -> Any:
        python = _runs_python(function.get("config") or function)
        execute = lambda_svc._execute_function_provided_warm if python else original
        return execute(function, *arguments)

    return execute_function_warm


def _node_packages() -> Path:
    """What the Lambda runtime for Node.js provides: version 3 of the SDK, as far as package.json has it."""
    folder = Path(tempfile.mkdtemp(prefix="lambda-runtime-"))
    (folder / "@aws-sdk").symlink_to(ROOT / "node_modules" / "@aws-sdk")
    return folder


def link_packages(folder: Path) -> None:
    """Fill the folder with links to the packages that the Lambda runtime provides, and to no others."""
    for name in _with_dependencies(PROVIDED):
        for top in _top_level(name):
            (folder / top.name).symlink_to(top)
    if not any(folder.glob("runtime_client*")):  # awslambdaric's native part exists for Linux only
        (folder / "runtime_client.py").symlink_to(Path(__file__).with_name("runtime_client.py"))


def _with_dependencies(names: tuple[str, ...]) -> set[str]:
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        required = map(Requirement, distribution(name).requires or [])
        waiting += [r.name for r in required if r.marker is None or r.marker.evaluate({"extra": ""})]
    return found


def _top_level(name: str) -> set[Path]:
    """The folders and modules in site-packages that a distribution owns, its metadata included."""
    files = distribution(name).files or []
    tops = {Path(str(distribution(name).locate_file(file.parts[0]))) for file in files if file.parts[0] != ".."}
    return {top for top in tops if top.name != "__pycache__"}


def _without_ours(environment: Callable[..., dict[str, str]]) -> Callable[..., dict[str, str]]:
    """A function sees its own variables and AWS's, not those that configure this server, LOG_LEVEL among them."""

    def worker_env(*arguments: Any) -> dict[str, str]:
        kept = ("AWS_", "PATH", "LANG", "TMPDIR")
        return {
            name: value
            for name, value in environment(*arguments).items()
            if name.startswith(kept) or os.environ.get(name) != value
        }

    return worker_env


def _with_bootstrap(unpack: Callable[[bytes], str], packages: Path) -> Callable[[bytes], str]:
    one_at_a_time = threading.Lock()  # two cold starts of one function come at once

    def unpack_with_bootstrap(code_zip: bytes) -> str:
        with one_at_a_time:
            folder = unpack(code_zip)
            bootstrap = Path(folder, "bootstrap")
            if not bootstrap.exists():
                bootstrap.write_text(_bootstrap(Path(folder), packages))
                bootstrap.chmod(0o755)
        return folder

    return unpack_with_bootstrap


def _bootstrap(task_root: Path, packages: Path) -> str:
    """A process that sees the asset, the provided packages and the standard library: not this project's environment."""
    first = [str(task_root), str(packages)]
    start = f"import sys; sys.path[:0] = {first!r}; from awslambdaric.__main__ import main; main(['', sys.argv[1]])"
    return f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -S -u -c {shlex.quote(start)} "$_HANDLER"\n'
