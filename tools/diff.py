"""`make diff`: what a deployment of this checkout changes for those who have the last release, with default settings.

`make release` keeps the template of this checkout for that. Neither needs an AWS account.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from infra.asset import ROOT
from infra.settings import Settings
from infra.version import VERSION
from tools.docs.template import synthesize

RELEASED = ROOT / "docs" / "released.template.json"
CHANGELOG = ROOT / "CHANGELOG.md"
FOLDER = ROOT / ".local" / "diff"

# What is gone when a resource of the type is.
HOLDS = {
    "AWS::DynamoDB::Table": "its records",
    "AWS::KMS::Key": "everything that it encrypted",
    "AWS::Logs::LogGroup": "its logs",
    "AWS::S3::Bucket": "its objects",
    "AWS::SNS::Topic": "its subscriptions",
    "AWS::SQS::Queue": "its events",
    "AWS::StepFunctions::StateMachine": "its executions and their history",
}
# What a reviewer has to know first. The keys are the words of `cdk diff`, or its sign where it has no word.
EFFECTS = {
    "destroy": "Deleted",
    "replace": "Replaced",
    "may be replaced": "Perhaps replaced",
    "orphan": "No longer in the stack, but not deleted",
    "+": "Created",
    "~": "Changed",
}
LOST = ("destroy", "replace", "may be replaced")
RESOURCE = re.compile(r"\[([-+~])] (\w+::\S+) (\S+)(?: \S+)??(?: (destroy|replace|may be replaced|orphan))?")


class Change(NamedTuple):
    """A resource that a deployment changes, and a key of EFFECTS."""

    effect: str
    type: str
    path: str


def main(arguments: list[str]) -> int:
    """Returns the exit status."""
    if arguments == ["keep"]:
        return keep()
    old = Path(arguments[0]) if arguments else RELEASED
    if old.exists():
        return compare(old)
    print(f"There is no file {old}." if arguments else "There is no release yet, so there is nothing to compare with.")
    return 1 if arguments else 0


def compare(old: Path) -> int:
    """Prints what changes from the template `old` to this checkout."""
    assembly, log = FOLDER / "cdk.out", FOLDER / "cdk-diff.txt"
    synthesize(Settings(), assembly)
    command = ["cdk", "diff", "--app", str(assembly), "--template", str(old.resolve()), "--no-color", "--no-notices"]
    ran = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=ROOT, text=True, check=False)
    log.write_text(ran.stdout)
    if ran.returncode:
        print(ran.stdout)
        return 1
    print(f"From {_describe(old)} to this checkout, with default settings:")
    for line in summarize(ran.stdout):
        print(line)
    print(f"\nEach property, output and permission that changes: {os.path.relpath(log)}")
    return 0


def summarize(output: str) -> Iterator[str]:
    """The lines that people read, from the output of `cdk diff`."""
    changes = [*read_changes(output)]
    if not changes:
        yield "\nNo resource changes."
    lost = [change for change in changes if change.effect in LOST and change.type in HOLDS]
    if lost:
        yield f"\n!!! LOST WITH WHAT THEY HOLD: {len(lost)}"
        for change in lost:
            yield f"!!! {EFFECTS[change.effect]}: {change.path} ({change.type}), with {HOLDS[change.type]}"
    for effect, words in EFFECTS.items():
        some = [change for change in changes if change.effect == effect and change not in lost]
        if some:
            yield f"\n{words}: {len(some)}"
            yield from (f"    {change.path} ({change.type})" for change in some)
    if "IAM Statement Changes" in output:
        yield "\nPermissions change."


def read_changes(output: str) -> Iterator[Change]:
    """The resources in the output of `cdk diff`."""
    for line in output.splitlines():
        if found := RESOURCE.fullmatch(line):
            sign, kind, path, effect = found.groups()
            yield Change(effect or sign, kind, path)


def keep() -> int:
    """Writes the template of this checkout as that of the last release."""
    if f"## [{VERSION}] - unreleased\n" in CHANGELOG.read_text():
        print(f"CHANGELOG.md says that version {VERSION} is unreleased. Write the date of the release there first.")
        return 1
    RELEASED.write_text(json.dumps(synthesize(Settings()), indent=1) + "\n")
    print(f"Wrote {os.path.relpath(RELEASED)}. Commit it, and tag the commit v{VERSION}.")
    return 0


def _describe(template: Path) -> str:
    description = json.loads(template.read_text()).get("Description", "")
    version = re.search(r"version (\S+)$", description)
    return version[0] if version else str(template)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
