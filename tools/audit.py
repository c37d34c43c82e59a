"""Known vulnerabilities of the exact pins, from the advisories of PyPI and npm. pip-audit beside the standard library.

Exit status: 0 when every pin was looked up and nothing is known of any, else 1. No answer is no good news.
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
# What npm installs here builds and tests, and is not deployed: what npm calls low is left out.
NPM_AUDIT = ["npm", "audit", "--package-lock-only", "--json"]
NPM_SEVERITIES = ("moderate", "high", "critical")
LOG = ROOT / ".local" / "audit.log"


class Answer(NamedTuple):
    """A line for each vulnerability that is known, and why not everything was answered, if so."""

    known: list[str]
    unanswered: str = ""


def main() -> None:
    """Both audits, each with a line, or a line for each vulnerability."""
    LOG.parent.mkdir(exist_ok=True)
    LOG.write_text("")
    answers = {
        "Python packages": ask(PIP_AUDIT, read_pip_audit),
        "npm packages": ask(NPM_AUDIT, read_npm_audit),
    }
    for what, answer in answers.items():
        print("\n".join(f"{what}: {line}" for line in describe(answer)))
    sys.exit(any(answer.known or answer.unanswered for answer in answers.values()))


def describe(answer: Answer) -> list[str]:
    """The lines for people."""
    if not answer.unanswered:
        return answer.known or ["no known vulnerability."]
    log = LOG.relative_to(ROOT)
    return [
        *answer.known,
        f"not everything could be looked up ({answer.unanswered}). What was said is in {log}.",
    ]


def read_pip_audit(told: dict[str, Any]) -> Answer:
    """From `--format=json`. pip-audit takes a package that it could not look up for a good one; here it is not."""
    packages = told["dependencies"]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    return Answer(
        [
            f"{package['name']} {package['version']}: {found['id']}, {_fixed_in(found['fix_versions'])}"
            for package in packages
            for found in package.get("vulns", [])
        ],
        f"{len(skipped)} of {len(packages)} packages not looked up, {skipped[0]} the first" if skipped else "",
    )


def read_npm_audit(told: dict[str, Any]) -> Answer:
    """From `--json`, which an audit that failed answers too, with a message."""
    if "vulnerabilities" not in told:
        return Answer([], told.get("message", "npm gave no reason"))
    return Answer(
        [
            f"{name} {found['range']}: {found['severity']}, {'has a fix' if found['fixAvailable'] else 'no fix yet'}"
            for name, found in told["vulnerabilities"].items()
            if found["severity"] in NPM_SEVERITIES
        ]
    )


def ask(command: list[str], read: Callable[[dict[str, Any]], Answer]) -> Answer:
    """Run the command and read what it answers, which the log keeps."""
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
