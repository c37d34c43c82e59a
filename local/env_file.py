"""`.local/env`: shells source it, and `fault` reads it, to learn where the local AWS of this checkout is.

Each local AWS has a file of its own, `.local/env-PORT`, and locks it while it runs. `.local/env` is a link to the
newest file whose local AWS runs.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(".local")
ENV_FILE = FOLDER / "env"
# A variable of the user's, such as AWS_ENDPOINT_URL_S3, would lead a call to another AWS.
BEFORE = r"""for _name in $(env | sed -n 's/^\(AWS_[A-Za-z0-9_]*\)=.*/\1/p'); do unset "$_name"; done
unset _name
"""
# Version 1 of the AWS CLI has an endpoint of its own for SQS, which only this option replaces.
AFTER = """unalias aws 2>/dev/null || true
aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }
"""


@contextmanager
def published(port: int, variables: Mapping[str, str]) -> Iterator[Path]:
    """Write the file of the local AWS on this port for the duration of the block; the path of the file."""
    FOLDER.mkdir(exist_ok=True)
    own = FOLDER / f"env-{port}"
    with own.open("wb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        exports = "".join(f"export {name}='{value}'\n" for name, value in variables.items())
        file.write(os.fsencode(BEFORE + exports + AFTER))
        file.flush()
        try:
            link_newest()
            yield own
        finally:
            own.unlink(missing_ok=True)
            link_newest()


def link_newest() -> None:
    """Let `.local/env` lead to the newest local AWS that runs, or remove it."""
    running = [(start, path.name) for path in FOLDER.glob("env-*") if (start := _start_if_locked(path)) is not None]
    if not running:
        ENV_FILE.unlink(missing_ok=True)
        return
    link = FOLDER / f"link-{os.getpid()}"
    link.symlink_to(max(running)[1])
    link.replace(ENV_FILE)


def _start_if_locked(path: Path) -> int | None:
    """When the file was written, in nanoseconds; None if its local AWS has ended."""
    try:
        with path.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return os.fstat(file.fileno()).st_mtime_ns
    except FileNotFoundError:
        pass
    return None
