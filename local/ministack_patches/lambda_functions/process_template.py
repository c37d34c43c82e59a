"""The program of a process that has imported the SDK, and forks a process for each start of a Python function.

Its arguments are the number of a Unix socket and the folder of the packages that the Lambda runtime provides. Each byte
on that socket asks for a process, and brings two descriptors: a Unix socket and the standard output of the process.
That socket brings what the process needs, as JSON: {"environment", "folder"}. It takes the id of the process and, when
the process has ended, its exit status as in subprocess; each is a line.
"""

import gc
import json
import os
import signal
import socket
import sys
import time
from contextlib import suppress
from typing import Any

_sockets: dict[int, socket.socket] = {}  # of each process that runs, by its id


def _import_sdk() -> None:
    """Import what boto3 imports, also with its first client."""
    import boto3

    boto3.Session().client("sts", region_name="us-east-1")
    gc.collect()
    gc.freeze()  # a collection would copy the memory that the processes share


def _fork_until_asked(control: socket.socket) -> dict[str, Any]:
    """Fork for each request. Returns in the new process, with what it needs; SystemExit when the server has ended."""
    signal.signal(signal.SIGCHLD, _report_ends)
    while True:
        byte, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not byte:
            sys.exit()
        own, output = socket.socket(fileno=descriptors[0]), descriptors[1]
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
        pid = os.fork()
        if not pid:
            control.close()
            return _become_function(own, output)
        os.close(output)
        _sockets[pid] = own
        own.sendall(b"%d\n" % pid)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])


def _report_ends(*_signal: object) -> None:
    while _sockets:
        pid, status = os.waitpid(-1, os.WNOHANG)
        if not pid:
            return
        with _sockets.pop(pid) as own, suppress(OSError):  # the server may have forgotten the process
            own.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def _become_function(own: socket.socket, output: int) -> dict[str, Any]:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    for other in _sockets.values():
        other.close()
    for standard in (1, 2):
        os.dup2(output, standard)
    os.close(output)
    with own, own.makefile() as given:
        needed: dict[str, Any] = json.load(given)
    os.environ.clear()
    os.environ.update(needed["environment"])
    time.tzset()
    os.chdir(needed["folder"])
    return needed


def main() -> None:
    sys.path.insert(0, sys.argv[2])
    _import_sdk()
    needed = _fork_until_asked(socket.socket(fileno=int(sys.argv[1])))
    sys.path.insert(0, needed["folder"])
    from awslambdaric.__main__ import main as run

    run(["", os.environ["_HANDLER"]])


if __name__ == "__main__":
    main()
