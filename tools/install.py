"""Sets up .venv and node_modules from the lockfiles, once. With the argument `tools`: the tools' own environment.

`make` runs this file with -I. It uses the standard library only, and Python 3.6 can parse it.
"""

import ast
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import BinaryIO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
NODE_MODULES = ROOT / "node_modules"
TOOLS = ROOT / ".local" / "tools"
LOG = ROOT / ".local" / "install.log"
STAMP = "installed"  # the name of a file in an environment that works
PYTHON_LOCK = "requirements.lock"
TOOLS_LOCK = "requirements-tools.lock"
PINS = (PYTHON_LOCK, "package-lock.json")
OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
START_OF_LINE = "\r" if sys.stdout.isatty() else ""  # a terminal shows the seconds on one line

ISOLATED = ["-I", "-X", "utf8"]  # -I alone has no UTF-8 in the locale C

# What the commands import from requirements-dev.txt.
IMPORTS = (
    "PIL, aws_cdk, aws_lambda_powertools, awslambdaric, boto3, botocore, cdk_nag, constructs, httptools, hypothesis, "
    "importlinter, jsii, jsonschema, ministack, mypy, packaging, pydantic, pydantic_core, pytest, rich, ruff, "
    "statelint, trustme, urllib3, uvicorn, uvloop, xdist, yaml"
)

# What a person's configuration of pip says about registries. The rest of it may change what is installed, or where.
PIP_SETTINGS = (
    "index-url|extra-index-url|find-links|no-index|trusted-host|cert|client-cert|proxy|keyring-provider|use-feature|"
    "use-deprecated|uploaded-prior-to|retries|timeout|default-timeout|cache-dir|no-cache-dir"
)
# npm has no such list. These options set back what a person's configuration may change.
NPM_OPTIONS = [
    *("--include=dev", "--include=optional", "--install-strategy=hoisted", "--no-legacy-peer-deps", "--no-workspaces"),
    *("--location=project", "--no-global", "--no-dry-run", "--package-lock", "--no-package-lock-only", "--no-usage"),
    *("--bin-links", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"),
]

# The names of variables that change what is installed or where.
PIP_VARIABLES = PIP_SETTINGS.upper().replace("-", "_")
NOT_INHERITED = f"PYTHON|NODE_ENV$|PIP_(?!({PIP_VARIABLES}|CONFIG_FILE)$)"

# A pattern of a failed step's output, and what to do.
CAUSES = {
    r"\bENOSPC|No space left on device": "The disk is full. Free some space, and run this again.",
    r"\b(EACCES|EPERM|EROFS)\b|Permission denied|Read-only file": "A file cannot be read or written. The log names it.",
    "EINTEGRITY|DO NOT MATCH THE HASHES": "A file is not the one that the lockfile names. Check the package registry.",
    "Configuration file": "pip cannot read its configuration. The log names the file.",
    "ensurepip is not available": "On Debian, install python3-venv.",
    r"\bETARGET": "npm may not install a pinned version. Check `before` and `min-release-age` in .npmrc.",
    r"\bE(40[134]|5\d\d|AI_AGAIN|CONN|NOTFOUND|TIMEDOUT)|CERT_|SSLError|Max retries|HTTPError|No matching dist": (
        "Check the network and the package registry."
    ),
}

# Lines of a step's output that say nothing about a failure, and lines that begin with an error.
NOISE = r": exit status |^npm notice|A complete log of this run|^Node\.js v\d|: for help visit "
ERROR = r"npm error |ERROR: |[\w.]*Error\b"


def main(arguments: "list[str]") -> None:
    """Sets up the environment, unless it is up to date."""
    require_python()
    is_done, set_up = (_has_tools, _set_up_tools) if arguments == ["tools"] else (_has_packages, _set_up)
    if is_done():
        return
    _require_place()
    LOG.parent.mkdir(exist_ok=True)
    with LOG.open("ab", buffering=0) as log:
        _await_other_set_up(log)
        if not is_done():
            log.truncate(0)
            set_up(log)


def require_python() -> None:
    """Exits with a sentence if this Python is too old."""
    if sys.version_info < OLDEST_PYTHON:
        oldest, found = (".".join(map(str, version[:2])) for version in (OLDEST_PYTHON, sys.version_info))
        sys.exit(
            f"Python {oldest} or newer is needed, but this is {found}. Name another one: make demo PYTHON=python3.13"
        )


def _await_other_set_up(log: BinaryIO) -> None:
    """Locks the log. The steps inherit the lock: a step that outlives a killed set-up still writes into the folders."""
    try:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Another set-up of this checkout is running. Waiting for its end.", flush=True)
        fcntl.flock(log, fcntl.LOCK_EX)


def _has_packages() -> bool:
    return _is_stamped(VENV, *PINS) and (NODE_MODULES / ".package-lock.json").is_file()


def _set_up(log: BinaryIO) -> None:
    _require_node()
    print("Setting up, once:", flush=True)
    _install_python_packages(log, VENV, PYTHON_LOCK)
    (site_packages,) = VENV.glob("lib/python*/site-packages")
    # With PYTHONSAFEPATH, `python -m local` does not look into the current folder. The path is relative because Python
    # does not start in the locale C if this file is not ASCII.
    (site_packages / "checkout.pth").write_text("../../../..\n")
    _run(log, "Node.js packages", ["npm", "ci", *NPM_OPTIONS, *_npm_cache()])
    _check_set_up(log)
    _stamp(VENV, *PINS)


def _has_tools() -> bool:
    return _is_stamped(TOOLS, TOOLS_LOCK)


def _set_up_tools(log: BinaryIO) -> None:
    print("Setting up the tools, once:", flush=True)
    _install_python_packages(log, TOOLS, TOOLS_LOCK)
    _stamp(TOOLS, TOOLS_LOCK)


def _is_stamped(folder: Path, *pins: str) -> bool:
    stamp = folder / STAMP
    return stamp.is_file() and stamp.read_text() == _fingerprint(*pins)


def _stamp(folder: Path, *pins: str) -> None:
    (folder / STAMP).write_text(_fingerprint(*pins))


def _fingerprint(*pins: str) -> str:
    """A hash of the pins, the Python version and the path of this checkout."""
    content = b"".join((ROOT / pin).read_bytes() for pin in pins) + sys.version.encode() + os.fsencode(ROOT)
    return hashlib.sha256(content).hexdigest()


def _require_place() -> None:
    """Exits with a sentence if the checkout cannot hold the environment."""
    if os.pathsep in str(ROOT):
        sys.exit(
            f"The path of this checkout, {ROOT}, has a colon. PATH separates folders with colons. "
            "Move the checkout to a path without a colon."
        )
    for path in (ROOT, LOG.parent, LOG, VENV, NODE_MODULES):
        if path.exists() and not os.access(path, os.W_OK):
            sys.exit(
                f"The set-up cannot write {path}. Change its owner or its permissions, "
                "or copy the checkout into a folder of yours."
            )


def _require_node() -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        found = "node and npm are not on PATH"
    else:
        result = subprocess.run(["node", "--version"], capture_output=True, text=True)
        version = re.match(r"v(\d+)\.", result.stdout)
        if version and int(version[1]) >= OLDEST_NODE:
            return
        said = (result.stdout + result.stderr).strip().splitlines() or ["nothing"]
        found = f"this is {result.stdout.strip()}" if version else f"node --version answers: {said[-1]}"
    sys.exit(f"The CDK CLI needs Node.js {OLDEST_NODE} or newer, but {found}. Install it and run this again.")


def _install_python_packages(log: BinaryIO, folder: Path, lock: str) -> None:
    (folder / STAMP).unlink(missing_ok=True)
    _run(log, "Virtual environment", [_base_python(), *ISOLATED, "-m", "venv", "--clear", str(folder)])
    pip = [str(folder / "bin" / "python"), *ISOLATED, "-m", "pip", "--disable-pip-version-check"]
    install = [*pip, "install", "--quiet", "--require-hashes", "--requirement", lock]
    _run(log, "Python packages", install, **_pip_settings(pip))


def _base_python() -> str:
    """This Python, but not through .venv, which it may have on its PATH and is about to clear."""
    return os.path.realpath(sys.executable) if VENV in Path(sys.executable).parents else sys.executable


def _pip_settings(pip: "list[str]") -> "dict[str, str]":
    """PIP_SETTINGS of a person's variables and pip.conf, as variables. If pip cannot read pip.conf: none."""
    every_file = _environment({"PIP_USER": "0"})  # `user = true` would list the file in the home folder only
    asked = subprocess.run([*pip, "config", "list"], cwd=ROOT, env=every_file, stdout=PIPE, stderr=DEVNULL)
    if asked.returncode:
        return {}
    settings = {"PIP_CONFIG_FILE": os.devnull}
    for section in ("global", "install", ":env:"):  # the last one counts, unless it is empty
        listed = re.findall(f"^{section}\\.({PIP_SETTINGS})=(.*)$", os.fsdecode(asked.stdout), re.MULTILINE)
        given = ((name, ast.literal_eval(value)) for name, value in listed)
        settings.update(("PIP_" + name.upper().replace("-", "_"), value) for name, value in given if value)
    return settings


def _npm_cache() -> "list[str]":
    """The option for a cache in this checkout, unless npm can write its own: a user may have no home folder."""
    asked = subprocess.run(["npm", "config", "get", "cache"], cwd=ROOT, capture_output=True)
    cache = ROOT / os.fsdecode(asked.stdout.strip()) / "_cacache"
    existing = next(folder for folder in (cache, *cache.parents) if os.path.lexists(folder))
    return [] if existing.is_dir() and os.access(existing, os.W_OK) else [f"--cache={ROOT / '.local' / 'npm'}"]


def _check_set_up(log: BinaryIO) -> None:
    """Exits with a sentence unless the commands can import what they need, and the CDK CLI starts."""
    python = VENV / "bin" / "python"
    environment = {
        "PATH": os.pathsep.join([str(NODE_MODULES / ".bin"), str(python.parent), os.environ["PATH"]]),
        "HOME": str(LOG.parent),  # the CDK CLI reads ~/.cdk.json
        "CDK_HOME": str(LOG.parent / "cdk"),
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(LOG.parent / "jsii"),
    }
    _run(log, "Imports of the commands", [str(python), *ISOLATED, "-c", f"import {IMPORTS}"], **environment)
    _run(log, "Node.js", ["node", "--version"], **environment)
    _run(log, "CDK CLI", [str(NODE_MODULES / ".bin" / "cdk"), "--version"], **environment)


def _run(log: BinaryIO, what: str, command: "list[str]", **environment: str) -> None:
    """Runs one step and counts its seconds in a terminal. The command and its output go to the log."""
    began, offset = time.monotonic(), LOG.stat().st_size
    log.write(os.fsencode(f"{what}: {' '.join(command)}\n"))
    try:
        process = subprocess.Popen(
            command, cwd=ROOT, env=_environment(environment), stdin=DEVNULL, stdout=log, stderr=log
        )
    except OSError as error:
        log.write(f"{error}\n".encode())
        sys.exit(_failure(what, offset))
    try:
        _wait(process, what, began)
    finally:
        process.kill()
    log.write(f"{what}: exit status {process.returncode}\n".encode())
    if process.returncode:
        sys.exit(_failure(what, offset))
    print(f"{START_OF_LINE}  {what}: {time.monotonic() - began:.0f} s", flush=True)


def _environment(added: "dict[str, str]") -> "dict[str, str]":
    kept = {name: value for name, value in os.environ.items() if not re.match(NOT_INHERITED, name)}
    return {**kept, **added}


def _failure(what: str, offset: int) -> str:
    output = LOG.read_bytes()[offset:].decode(errors="replace")
    advice = explain(output)
    return f"{START_OF_LINE}{what} could not be set up. {advice} The output is in {LOG.relative_to(ROOT)}."


def explain(output: str) -> str:
    """What a failed step's output means, or else its last error or its last line."""
    lines = [line.strip() for line in output.splitlines()[1:] if line.strip() and not re.search(NOISE, line)]
    errors = [line for line in lines if re.match(ERROR, line)]
    known = (advice for pattern, advice in CAUSES.items() if re.search(pattern, "\n".join(lines)))
    return next(known, f"It ended with: {(errors or lines or ['no output'])[-1]}")


def _wait(process: "subprocess.Popen[bytes]", what: str, began: float) -> None:
    while True:
        try:
            process.wait(timeout=1)
            return
        except subprocess.TimeoutExpired:
            if START_OF_LINE:
                print(f"{START_OF_LINE}  {what}: {time.monotonic() - began:.0f} s ...", end="", flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
