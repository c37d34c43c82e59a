"""MiniStack's Lambda Runtime API answers at once."""

import socketserver

from local.ministack_patches.registry import patch


@patch(
    "Lambda: the Runtime API answers without a delay",
    why="MiniStack writes headers and body apart, and TCP waits 40 ms between the two (Nagle's algorithm).",
)
def install() -> None:
    socketserver.StreamRequestHandler.disable_nagle_algorithm = True
