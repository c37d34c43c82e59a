"""Start a function as Lambda does, through AWS's runtime client, and measure until it asks for its first event."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NamedTuple

from local.aws import HOST

SECONDS_TO_START = 60
KB = 1024


class Start(NamedTuple):
    """What one cold start took: seconds of the processor, and the most memory that it held, in bytes."""

    seconds: float
    memory: int


class _RuntimeApi(ThreadingHTTPServer):
    """Answers nothing. A GET asks for the first event: the function has been initialized. A POST is an error."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__((HOST, 0), _Wait)
        self.heard, self.stopped = threading.Event(), threading.Event()
        self.failed = True


class _Wait(BaseHTTPRequestHandler):
    server: _RuntimeApi

    def do_GET(self) -> None:
        self.server.failed = False
        self.do_POST()

    def do_POST(self) -> None:
        self.server.heard.set()
        self.server.stopped.wait()

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing."""


def cold_start(handler: str, folder: Path, packages: Path, environment: Mapping[str, str]) -> Start:
    """Start the function of the asset in `folder`. It writes no .pyc file, as on Lambda's read-only file system.

    `packages` is the folder of what the runtime brings.
    """
    paths = [str(folder), str(packages)]
    run = f"import sys; sys.path[:0] = {paths!r}; from awslambdaric.__main__ import main; main(['', sys.argv[1]])"
    command = [sys.executable, "-I", "-S", "-B", "-c", run, handler]
    with _runtime_api() as api, tempfile.TemporaryFile("w+") as log:
        variables = {
            **environment,
            "AWS_LAMBDA_RUNTIME_API": f"{HOST}:{api.server_port}",
            "LAMBDA_TASK_ROOT": str(folder),
        }
        process = subprocess.Popen(command, env=variables, stdout=log, stderr=log)
        try:
            if not api.heard.wait(SECONDS_TO_START) or api.failed:
                log.seek(0)
                raise RuntimeError(f"{handler} did not start: {log.read()}")
            memory = _most_memory(process.pid)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
    return Start(usage.ru_utime + usage.ru_stime, memory)


@contextmanager
def _runtime_api() -> Iterator[_RuntimeApi]:
    with _RuntimeApi() as api:
        threading.Thread(target=api.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield api
        finally:
            api.stopped.set()
            api.shutdown()


def _most_memory(process_id: int) -> int:
    """Of this process alone: what wait4 returns has the memory of the process that it was forked from."""
    lines = Path(f"/proc/{process_id}/status").read_text().splitlines()
    (most,) = [line.split()[1] for line in lines if line.startswith("VmHWM:")]
    return int(most) * KB
