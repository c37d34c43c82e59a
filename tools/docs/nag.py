"""cdk-nag's packs go through the stack: `python -m tools.docs.nag`. Nothing stays open that is not acknowledged.

The acknowledgements are the review's alone: no template that is deployed has them.
"""

import json
import os
import re
import shutil
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

from aws_cdk import Acknowledgment, App, Validations
from cdk_nag import (
    AwsSolutionsChecks,
    HIPAASecurityChecks,
    NagPack,
    NIST80053R5Checks,
    PCIDSS321Checks,
    ServerlessChecks,
)
from constructs import IConstruct

from infra.asset import ROOT
from infra.settings import Settings
from infra.stack import DatasetDistribution
from tools.docs.acknowledged import ACKNOWLEDGED, Acknowledged
from tools.docs.flags import feature_flags

FOLDER = ROOT / ".local" / "nag"
REPORT = "validation-report.json"
PACKS = (AwsSolutionsChecks, ServerlessChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks)

# The stack as it is by default, and with what settings add to it.
REVIEWED = (
    Settings(),
    Settings(stack_name="WithOptions", email=("a@example.com",), image_buckets=("images",), create_trail=True),
)


class Finding(NamedTuple):
    """What a rule of a pack says of the construct at the path."""

    pack: str
    rule: str
    path: str

    def is_meant(self, rule: str, resource: str) -> bool:
        """Of the table a rule and a resource: without the pack, the stack and the hash of a logical id."""
        name = re.sub(r"<(\w+)[0-9A-F]{8}\.", r"<\1.", self.rule.removeprefix(f"{self.pack}-"))
        return name == rule and fnmatchcase(self.path.partition("/")[2], resource)


def main(folder: Path = FOLDER) -> int:
    """Review the stack, afresh."""
    shutil.rmtree(folder, ignore_errors=True)
    app = new_app(folder)
    for settings in REVIEWED:
        DatasetDistribution(app, settings=settings)
    return review(app)


def new_app(folder: Path) -> App:
    context = {
        **feature_flags(),
        "aws:cdk:bundling-stacks": [],  # no rule looks into an asset
        "@aws-cdk/core:failSynthOnValidationErrors": False,  # what is open is said here, in fewer words
    }
    return App(context=context, outdir=str(folder))


def review(app: App, table: Sequence[Acknowledged] = ACKNOWLEDGED) -> int:
    """Leave the report in the app's folder and say what it comes to: 1 where a finding is open or a row is stale."""
    packs = [pack(app, verbose=True) for pack in PACKS]
    stale = [f"{what}\n  Acknowledged, and no rule asks for it." for what in _acknowledge(app, packs, table)]
    Validations.of(app).add_plugins(*packs)
    path = Path(app.synth().directory) / REPORT
    reports = json.loads(path.read_text())["pluginReports"]
    findings = [*_open(reports), *stale]
    for finding in findings:
        print(finding, end="\n\n")
    acknowledged = _acknowledged(reports)
    print(f"cdk-nag acknowledged {acknowledged.total()}:", ", ".join(f"{n} {pack}" for pack, n in acknowledged.items()))
    print(f"cdk-nag open {len(findings)}; the report is {os.path.relpath(path)}")
    return 1 if findings else 0


def _acknowledge(app: App, packs: Sequence[NagPack], table: Sequence[Acknowledged]) -> list[str]:
    """Say the reason for whatever the table means. Answers what of the table means nothing."""
    meant = {(rule, resource): row.reason for row in table for rule in row.rules for resource in row.resources}
    used = set()
    for finding in _found(app, packs):
        if row := next((each for each in meant if finding.is_meant(*each)), None):
            used.add(row)
            acknowledgment = Acknowledgment(id=f"{finding.pack}::{finding.rule}", reason=meant[row])
            Validations.of(_construct(app, finding.path)).acknowledge(acknowledgment)
    return [f"{rule}\n  {resource}" for rule, resource in meant if (rule, resource) not in used]


def _found(app: App, packs: Sequence[NagPack]) -> Iterator[Finding]:
    for pack in packs:
        for violation in pack.validate_scope(app).violations:
            for resource in violation.violating_resources:
                yield Finding(pack.read_pack_name, violation.rule_name, str(resource.construct_path))


def _construct(app: App, path: str) -> IConstruct:
    construct: IConstruct = app
    for name in path.split("/"):
        construct = construct.node.find_child(name)
    return construct


def _open(reports: list[dict[str, Any]]) -> Iterator[str]:
    """Of every plugin: the CDK's own rules and warnings are in the report, too."""
    for report in reports:
        if error := report.get("metadata", {}).get("error"):
            yield error
        for violation in report["violations"]:
            for construct in violation["violatingConstructs"]:
                yield f"{violation['ruleName']}\n  {construct['constructPath']}\n  {violation['description']}"


def _acknowledged(reports: list[dict[str, Any]]) -> Counter[str]:
    """How many findings of each pack."""
    return Counter(
        report["pluginName"]
        for report in reports
        for violation in report.get("suppressedViolations", [])
        for _ in violation["violatingConstructs"]
    )


if __name__ == "__main__":
    sys.exit(main())
