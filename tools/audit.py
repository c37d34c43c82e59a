"""Finds known vulnerabilities of the pinned packages in the advisories of PyPI and npm.

Exit status: 0 if every pin was checked and none has a known vulnerability, else 1. It uses pip-audit and the standard
library only.
"""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from tools.install import ROOT

PYTHON_LOCKS = ("requirements.lock", "requirements-tools.lock")
PIP_AUDIT = [
    str(ROOT / ".local" / "tools" / "bin" / "pip-audit"),
    *(option for lock in PYTHON_LOCKS for option in ("--requirement", lock)),
    "--require-hashes",
    "--disable-pip",
    "--progress-spinner=off",
    "--format=json",
]
# npm packages build and test the project and are not deployed. So vulnerabilities of low severity are ignored.
NPM_AUDIT = ["npm", "audit", "--package-lock-only", "--json"]
NPM_SEVERITIES = ("moderate", "high", "critical")
LOG = ROOT / ".local" / "audit.log"


class Answer(NamedTuple):
    """A line for each known vulnerability, and the reason if not every package was checked."""

    known: list[str]
    unchecked: str = ""


def main() -> None:
    """Runs both audits. Prints one line for each, or a line for each vulnerability."""
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text("")
    answers = {
        "Python packages": ask(PIP_AUDIT, read_pip_audit),
        "npm packages": ask(NPM_AUDIT, read_npm_audit),
    }
    for what, answer in answers.items():
        print("\n".join(f"{what}: {line}" for line in describe(answer)))
    sys.exit(any(answer.known or answer.unchecked for answer in answers.values()))


def describe(answer: Answer) -> list[str]:
    """The lines that people read."""
    if not answer.unchecked:
        return answer.known or ["no known vulnerability."]
    log = LOG.relative_to(ROOT)
    return [
        *answer.known,
        f"not every package could be checked ({answer.unchecked}). The output is in {log}.",
    ]


def read_pip_audit(output: dict[str, Any]) -> Answer:
    """The answer in the output of `--format=json`. pip-audit exits with 0 for skipped packages; here they count."""
    packages = output["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    return Answer(
        [
            f"{package['name']} {package['version']}: {found['id']}, {_fixed_in(found['fix_versions'])}"
            for package in packages
            for found in package.get("vulns", [])
        ],
        f"{len(skipped)} of {len(packages)} packages not checked, {skipped[0]} the first" if skipped else "",
    )


def read_npm_audit(output: dict[str, Any]) -> Answer:
    """The answer in the output of `--json`. An audit that failed has a message instead."""
    if "vulnerabilities" not in output:
        return Answer([], output.get("message", "npm gave no reason"))
    return Answer(
        [
            f"{name} {found['range']}: {found['severity']}, {'has a fix' if found['fixAvailable'] else 'no fix yet'}"
            for name, found in output["vulnerabilities"].items()
            if found["severity"] in NPM_SEVERITIES
        ]
    )


def ask(command: list[str], read: Callable[[dict[str, Any]], Answer]) -> Answer:
    """Runs the command, appends its output to the log, and reads the answer."""
    try:
        ran = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError as error:
        return Answer([], f"{command[0]} does not run: {error.strerror}")
    with LOG.open("a") as log:
        log.write(ran.stdout + ran.stderr)
    try:
        return read(json.loads(ran.stdout))
    except ValueError:
        return Answer([], f"{Path(command[0]).name} gave no answer")


def _fixed_in(versions: list[str]) -> str:
    return f"fixed in {', '.join(versions)}" if versions else "no fix yet"


if __name__ == "__main__":
    main()
