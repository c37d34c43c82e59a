"""Python functions run as on AWS: in their own process, through AWS's runtime client, with their asset and boto3."""

import shlex
import sys
import tempfile
import threading
from collections.abc import Callable
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc
from packaging.requirements import Requirement

from local.ministack_patches.registry import patch

# The Lambda runtime for Python brings the SDK and its runtime client; everything else must be in the asset.
PROVIDED = ("boto3", "awslambdaric")


@patch(
    "Lambda: Python functions run through AWS's runtime client, `awslambdaric`, with their asset and boto3",
    why="MiniStack's Python worker reports every exception as `Runtime.HandlerError`, so no `Retry` or `Catch` that "
    "names an error would match. MiniStack runs custom runtimes through the real Lambda Runtime API; a `bootstrap` "
    "that starts `awslambdaric` makes a custom runtime of a Python function.",
)
def install() -> None:
    lambda_runtime._worker_class_for = _choose_worker(lambda_runtime._worker_class_for)
    lambda_svc._execute_function_warm = _execute_as_custom_runtime(lambda_svc._execute_function_warm)
    lambda_svc._provided_runtime_code_dir = _add_bootstrap(lambda_svc._provided_runtime_code_dir)


def runs_python(config: dict[str, Any]) -> bool:
    """Whether this is the configuration of a Python function."""
    return str(config.get("Runtime", "")).startswith("python")


def _choose_worker(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda config: lambda_runtime.ProvidedWorker if runs_python(config) else original(config)


def _execute_as_custom_runtime(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute_function_warm(function: dict[str, Any], *arguments: Any) -> Any:
        python = runs_python(function.get("config") or function)
        execute = lambda_svc._execute_function_provided_warm if python else original
        return execute(function, *arguments)

    return execute_function_warm


@cache
def provided_packages() -> str:
    """A new folder with links to the packages that the Lambda runtime provides."""
    folder = Path(tempfile.mkdtemp(prefix="lambda-runtime-"))
    link_packages(folder)
    return str(folder)


def link_packages(folder: Path) -> None:
    """Fill the folder with links to the packages that the Lambda runtime provides."""
    for name in _add_dependencies(PROVIDED):
        for top in _find_packages(name):
            (folder / top.name).symlink_to(top)
    if not any(folder.glob("runtime_client*")):  # awslambdaric has its native part for Linux only
        (folder / "runtime_client.py").symlink_to(Path(__file__).with_name("runtime_client.py"))


def _add_dependencies(names: tuple[str, ...]) -> set[str]:
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


def _find_packages(name: str) -> set[Path]:
    """The folders and modules in site-packages that a distribution owns, its metadata included."""
    files = distribution(name).files or []
    tops = {Path(str(distribution(name).locate_file(file.parts[0]))) for file in files if file.parts[0] != ".."}
    return {top for top in tops if top.name != "__pycache__"}


def _add_bootstrap(unpack: Callable[[bytes], str]) -> Callable[[bytes], str]:
    lock = threading.Lock()  # for two cold starts of one function at the same time

    def unpack_with_bootstrap(code_zip: bytes) -> str:
        with lock:
            folder = unpack(code_zip)
            bootstrap = Path(folder, "bootstrap")
            if not bootstrap.exists():
                bootstrap.write_text(bootstrap_script(Path(folder)))
                bootstrap.chmod(0o755)
        return folder

    return unpack_with_bootstrap


def bootstrap_script(task_root: Path) -> str:
    """A script whose Python sees the asset, the provided packages and the standard library, and no other packages."""
    first = [str(task_root), provided_packages()]
    start = f"import sys; sys.path[:0] = {first!r}; from awslambdaric.__main__ import main; main(['', sys.argv[1]])"
    return f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -I -S -u -c {shlex.quote(start)} "$_HANDLER"\n'
