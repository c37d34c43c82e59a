"""Set up .venv and node_modules from the lockfiles, once; says in one line what is missing. Standard library only."""

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
START_OF_LINE = "\r" if sys.stdout.isatty() else ""  # a terminal sees the seconds pass, on one line


def main() -> None:
    """Do nothing when everything is there already."""
    require_python()
    if STAMP.is_file() and STAMP.read_text() == _fingerprint():
        return
    _require_node()
    print("Setting up, once:", flush=True)
    _run(
        "Virtual environment", [sys.executable, "-m", "venv", "--clear", str(VENV)], "On Debian, install python3-venv."
    )
    pip = [str(VENV / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    unreachable = "Is the network there, and the package registry within reach?"
    _run("Python packages", [*pip, "--require-hashes", "--requirement", PYTHON_LOCK], unreachable)
    _run("Node.js packages", ["npm", "ci", "--silent", "--no-audit", "--no-fund"], unreachable)
    STAMP.write_text(_fingerprint())


def _fingerprint() -> str:
    """Changes with every pin and with the Python that the environment was made from."""
    content = b"".join((ROOT / pin).read_bytes() for pin in PINS) + sys.version.encode() + str(ROOT).encode()
    return hashlib.sha256(content).hexdigest()


def require_python() -> None:
    """Ends with a sentence where the Python is too old."""
    if sys.version_info < OLDEST_PYTHON:
        oldest, found = (".".join(map(str, version[:2])) for version in (OLDEST_PYTHON, sys.version_info))
        sys.exit(
            f"Python {oldest} or newer is needed, this is {found}: name another, as in make demo PYTHON=python3.13"
        )


def _require_node() -> None:
    node = shutil.which("node") and shutil.which("npm")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout if node else ""
    if not version or int(version.strip().lstrip("v").split(".")[0]) < OLDEST_NODE:
        found = f"this is {version.strip()}" if version else "node and npm are not on PATH"
        sys.exit(f"Node.js {OLDEST_NODE} or newer is needed for the CDK CLI, {found}: install it and run this again.")


def _run(what: str, command: list[str], hint: str) -> None:
    """Run one step, counting seconds where somebody watches. What it prints goes into the log."""
    began = time.monotonic()
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    try:
        _watch(process, what, began)
    finally:
        process.kill()
    if process.returncode:
        sys.exit(f"{START_OF_LINE}{what} could not be set up. {hint} What was said is in {LOG.relative_to(ROOT)}.")
    print(f"{START_OF_LINE}  {what}: {time.monotonic() - began:.0f} s", flush=True)


def _watch(process: "subprocess.Popen[bytes]", what: str, began: float) -> None:
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
