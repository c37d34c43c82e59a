"""Show each step and how long it took: a moving line on a terminal, plain lines elsewhere."""

import codecs
import io
import time
from types import TracebackType
from typing import Self, TextIO

from rich.console import Console

PLAIN = {"✓": "*", "…": "..."}


def replace_unprintable(stream: TextIO) -> None:
    """Let the stream replace each character that its encoding lacks; a terminal in ISO-8859-1 has no check mark."""
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error("plain", _replace)
        stream.reconfigure(errors="plain")


def _replace(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(PLAIN.get(each, "?") for each in error.object[error.start : error.end]), error.end


class Steps:
    """Steps in a row. A step ends when the next one begins, or with the block."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._status = console.status("")
        self._step: str | None = None

    def __enter__(self) -> Self:
        self._status.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._end()
        self._status.stop()

    def begin(self, step: str) -> None:
        """End the current step, and begin this one."""
        self._end()
        self._step, self._began = step, time.monotonic()
        self._status.update(step)

    def _end(self) -> None:
        if self._step is not None:
            self._console.print(f"[green]✓[/] {self._step} [dim]{time.monotonic() - self._began:.1f} s[/]")
        self._step = None
