"""What a function has printed when it answers is in the log of this invocation."""

import os
import queue
import select
import threading
from typing import Any, BinaryIO
from weakref import WeakKeyDictionary

from ministack.core.lambda_runtime import ProvidedWorker

from local.ministack_patches.registry import patch

SIZE = 65_536  # bytes at a time

# Both the thread that waits for output and the one that answers the invocation read a function's output.
_lock = threading.Lock()
_unfinished: WeakKeyDictionary[BinaryIO, bytes] = WeakKeyDictionary()


@patch(
    "Lambda: what a function has printed when it answers is in the log of this invocation",
    why="MiniStack waits 5 ms for another line. On a busy machine the last lines, with the metrics, came with the next "
    "invocation or never.",
)
def install() -> None:
    ProvidedWorker._pump_output = _read_until_end
    ProvidedWorker._drain_stderr = take_lines
    ProvidedWorker._drain_stderr_bounded = take_lines


def _read_until_end(_worker: Any, stream: BinaryIO, lines: queue.Queue[str]) -> None:
    """Read continuously: a function that writes into a full pipe would wait for ever."""
    while _is_readable(stream, None) and _read_what_is_there(stream, lines):
        pass
    with _lock:
        stream.close()


def take_lines(worker: Any, **_waits: float) -> str:
    """The lines since the last call. A pipe holds everything that was written before the answer."""
    lines, taken = worker._stderr_queue, []
    if worker._proc is not None:
        _read_what_is_there(worker._proc.stdout, lines)
    while not lines.empty():
        taken.append(lines.get_nowait())
    return "\n".join(taken)


def _read_what_is_there(stream: BinaryIO, lines: queue.Queue[str]) -> bool:
    """Move the stream's whole lines to the queue, without waiting. False at the stream's end."""
    with _lock:
        while not stream.closed and _is_readable(stream, 0):
            data = os.read(stream.fileno(), SIZE)
            for line in _finish_lines(stream, data):
                _put(lines, line.decode(errors="replace").rstrip("\r"))
            if not data:
                return False
    return True


def _finish_lines(stream: BinaryIO, data: bytes) -> list[bytes]:
    """The lines that end in the data. Without data the stream has ended, and its last line may lack a line break."""
    *finished, last = (_unfinished.pop(stream, b"") + data).split(b"\n")
    if data:
        _unfinished[stream] = last
    return finished if data or not last else [*finished, last]


def _is_readable(stream: BinaryIO, milliseconds: int | None) -> bool:
    """Whether there is output, or its end. None waits for it."""
    poll = select.poll()
    poll.register(stream.fileno(), select.POLLIN)
    return bool(poll.poll(milliseconds))


def _put(lines: queue.Queue[str], line: str) -> None:
    """The oldest line goes when the queue is full."""
    if lines.full():
        lines.get_nowait()
    lines.put_nowait(line)
