"""A process of a Python function is a fork of one that has imported the SDK."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack.core import lambda_runtime

from local.ministack_patches.lambda_functions.python_runtime import bootstrap_script, provided_packages
from local.ministack_patches.registry import patch

SECONDS_TO_END = 1
PROGRAM = Path(__file__).with_name("process_template.py")


@patch(
    "Lambda: a process of a Python function is a fork of one that has imported the SDK",
    why="With MiniStack each process starts Python and imports boto3, which takes longer than most invocations. Many "
    "executions at once start dozens of processes.",
)
def install() -> None:
    start = _fork_python_functions(subprocess.Popen, _Template())
    lambda_runtime.subprocess = SimpleNamespace(**{**vars(subprocess), "Popen": start})


def _fork_python_functions(original: Callable[..., Any], template: "_Template") -> Callable[..., Any]:
    def start(command: list[str], **options: Any) -> Any:
        bootstrap = Path(command[0])
        if bootstrap.name != "bootstrap" or bootstrap.read_text(errors="replace") != bootstrap_script(bootstrap.parent):
            return original(command, **options)
        return template.fork(options["env"], options["cwd"])

    return start


class _Template:
    """The process that forks. It starts with the first function, and ends with the process group of the server."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def fork(self, environment: dict[str, str], folder: str) -> "ForkedProcess":
        try:
            return self._fork(environment, folder)
        except OSError:  # the process was killed, and ended during the request
            with self._lock, suppress(subprocess.TimeoutExpired):
                if self._process is not None:
                    self._process.wait(SECONDS_TO_END)
            return self._fork(environment, folder)

    def _fork(self, environment: dict[str, str], folder: str) -> "ForkedProcess":
        own, others = socket.socketpair()
        output, end = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._running(), [b" "], [others.fileno(), end])
        finally:
            others.close()
            os.close(end)
        own.sendall(json.dumps({"environment": environment, "folder": folder}).encode())
        own.shutdown(socket.SHUT_WR)
        return ForkedProcess(own, output)

    def _running(self) -> socket.socket:
        """The socket of the process, which starts if it does not run."""
        if self._process is None or self._process.poll() is not None:
            self._control, others = socket.socketpair()
            with others:
                arguments = [sys.executable, "-I", "-S", "-u", str(PROGRAM), str(others.fileno()), provided_packages()]
                self._process = subprocess.Popen(arguments, pass_fds=[others.fileno()], stdin=subprocess.DEVNULL)
        return self._control


class ForkedProcess:
    """A process with what MiniStack uses of subprocess.Popen."""

    def __init__(self, own: socket.socket, output: int) -> None:
        self.stdout = os.fdopen(output, "rb")
        self.returncode: int | None = None
        self._lock, self._socket = threading.Lock(), own
        self._lines = own.makefile()
        begun = self._lines.readline()
        if not begun:
            raise OSError("The process that forks was killed.")
        self.pid = int(begun)

    def poll(self) -> int | None:
        """The exit status; None while the process runs."""
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit status; TimeoutExpired if the process still runs after so many seconds."""
        with self._lock:
            if self.returncode is None:
                if not self._is_readable(timeout):
                    raise subprocess.TimeoutExpired("", timeout or 0.0)
                self.returncode = int(self._lines.readline() or -signal.SIGKILL)  # nothing: nobody knows its status
                self._lines.close()
                self._socket.close()
            return self.returncode

    def terminate(self) -> None:
        self._send(signal.SIGTERM)

    def kill(self) -> None:
        self._send(signal.SIGKILL)

    def _is_readable(self, seconds: float | None) -> bool:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(None if seconds is None else seconds * 1000))

    def _send(self, sent: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sent)
