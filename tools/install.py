"""Sets up .venv and node_modules from the lockfiles, once. Prints one line if something is missing.

It uses the standard library only.
"""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed"
PYTHON_LOCK = "requirements.lock"
PINS = (PYTHON_LOCK, "package-lock.json")
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
LOG = ROOT / ".local" / "install.log"
START_OF_LINE = "\r" if sys.stdout.isatty() else ""  # a terminal shows the seconds on one line


def main() -> None:
    """Sets up the environment, unless it is up to date."""
    require_python()
    if STAMP.is_file() and STAMP.read_text() == _fingerprint():
        return
    _require_node()
    print("Setting up, once:", flush=True)
    _run(
        "Virtual environment", [sys.executable, "-m", "venv", "--clear", str(VENV)], "On Debian, install python3-venv."
    )
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    unreachable = "Check the network and the package registry."
    _run("Python packages", [*pip, "--require-hashes", "--requirement", PYTHON_LOCK], unreachable)
    _run("Node.js packages", ["npm", "ci", "--silent", "--no-audit", "--no-fund"], unreachable)
    STAMP.write_text(_fingerprint())


def _fingerprint() -> str:
    """A hash of the pins, the Python version and the path of this folder."""
    content = b"".join((ROOT / pin).read_bytes() for pin in PINS) + sys.version.encode() + str(ROOT).encode()
    return hashlib.sha256(content).hexdigest()


def require_python() -> None:
    """Exits with a sentence if this Python is too old."""
    if sys.version_info < OLDEST_PYTHON:
        oldest, found = (".".join(map(str, version[:2])) for version in (OLDEST_PYTHON, sys.version_info))
        sys.exit(
            f"Python {oldest} or newer is needed, but this is {found}. Name another one: make demo PYTHON=python3.13"
        )


def _require_node() -> None:
    node = shutil.which("node") and shutil.which("npm")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout if node else ""
    if not version or int(version.strip().lstrip("v").split(".")[0]) < OLDEST_NODE:
        found = f"this is {version.strip()}" if version else "node and npm are not on PATH"
        sys.exit(f"The CDK CLI needs Node.js {OLDEST_NODE} or newer, but {found}. Install it and run this again.")


def _run(what: str, command: list[str], hint: str) -> None:
    """Runs one step and counts its seconds in a terminal. The output of the step goes to the log."""
    began = time.monotonic()
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _wait(process, what, began)
    finally:
        process.kill()
    if process.returncode:
        sys.exit(f"{START_OF_LINE}{what} could not be set up. {hint} The output is in {LOG.relative_to(ROOT)}.")
    print(f"{START_OF_LINE}  {what}: {time.monotonic() - began:.0f} s", flush=True)


def _wait(process: "subprocess.Popen[bytes]", what: str, began: float) -> None:
    while True:
        try:
            process.wait(timeout=1)
            return
        except subprocess.TimeoutExpired:
            if START_OF_LINE:
                print(f"{START_OF_LINE}  {what}: {time.monotonic() - began:.0f} s …", end="", flush=True)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
