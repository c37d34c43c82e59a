"""Runs cdk-nag's packs on the stack: `python -m tools.docs.nag` fails for every finding that is not acknowledged.

It also fails for a feature flag that is not as the CDK recommends.

Only this review has the acknowledgements. No deployed template contains them.
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
from tools.docs.flags import differing_flags, feature_flags
from tools.docs.template import EVERY_OPTION

FOLDER = ROOT / ".local" / "nag"
REPORT = "validation-report.json"
PACKS = (AwsSolutionsChecks, ServerlessChecks, NIST80053R5Checks, HIPAASecurityChecks, PCIDSS321Checks)

REVIEWED = (Settings(), EVERY_OPTION)


class Finding(NamedTuple):
    """A finding of a rule of a pack, about the construct at the path."""

    pack: str
    rule: str
    path: str

    def matches(self, rule: str, resource: str) -> bool:
        """Whether a rule and a resource of the table match: without pack, stack and the hash of a logical id."""
        name = re.sub(r"<(\w+)[0-9A-F]{8}\.", r"<\1.", self.rule.removeprefix(f"{self.pack}-"))
        return name == rule and fnmatchcase(self.path.partition("/")[2], resource)


def main(folder: Path = FOLDER) -> int:
    """Reviews the stack in an empty folder. Returns the exit status."""
    shutil.rmtree(folder, ignore_errors=True)
    app = new_app(folder)
    for settings in REVIEWED:
        DatasetDistribution(app, settings=settings)
    return review(app)


def new_app(folder: Path) -> App:
    context = {
        **feature_flags(),
        "aws:cdk:bundling-stacks": [],  # no rule reads an asset
        "@aws-cdk/core:failSynthOnValidationErrors": False,  # review() prints the open findings, shorter
    }
    return App(context=context, outdir=str(folder))


def review(app: App, table: Sequence[Acknowledged] = ACKNOWLEDGED) -> int:
    """Writes the report into the app's folder and prints a summary.

    Returns 1 if a finding is open or a row of the table is stale, else 0.
    """
    packs = [pack(app, verbose=True) for pack in PACKS]
    stale = [f"{row}\n  Acknowledged, but no rule finds it." for row in _acknowledge(app, packs, table)]
    Validations.of(app).add_plugins(*packs)
    folder = Path(app.synth().directory)
    path = folder / REPORT
    reports = json.loads(path.read_text())["pluginReports"]
    findings = [*_open_findings(reports), *stale, *differing_flags(folder)]
    for finding in findings:
        print(finding, end="\n\n")
    acknowledged = _count_acknowledged(reports)
    print(f"cdk-nag acknowledged {acknowledged.total()}:", ", ".join(f"{n} {pack}" for pack, n in acknowledged.items()))
    print(f"cdk-nag open {len(findings)}; the report is {os.path.relpath(path)}")
    return 1 if findings else 0


def _acknowledge(app: App, packs: Sequence[NagPack], table: Sequence[Acknowledged]) -> list[str]:
    """Acknowledges the findings that match the table. Returns the rows that match no finding."""
    reasons = {(rule, resource): row.reason for row in table for rule in row.rules for resource in row.resources}
    used = set()
    for finding in _find(app, packs):
        if row := next((each for each in reasons if finding.matches(*each)), None):
            used.add(row)
            acknowledgment = Acknowledgment(id=f"{finding.pack}::{finding.rule}", reason=reasons[row])
            Validations.of(_construct_at(app, finding.path)).acknowledge(acknowledgment)
    return [f"{rule}\n  {resource}" for rule, resource in reasons if (rule, resource) not in used]


def _find(app: App, packs: Sequence[NagPack]) -> Iterator[Finding]:
    for pack in packs:
        for violation in pack.validate_scope(app).violations:
            for resource in violation.violating_resources:
                yield Finding(pack.read_pack_name, violation.rule_name, str(resource.construct_path))


def _construct_at(app: App, path: str) -> IConstruct:
    construct: IConstruct = app
    for name in path.split("/"):
        construct = construct.node.find_child(name)
    return construct


def _open_findings(reports: list[dict[str, Any]]) -> Iterator[str]:
    """The open findings of every plugin, with the CDK's own rules and warnings."""
    for report in reports:
        if error := report.get("metadata", {}).get("error"):
            yield error
        for violation in report["violations"]:
            for construct in violation["violatingConstructs"]:
                yield f"{violation['ruleName']}\n  {construct['constructPath']}\n  {violation['description']}"


def _count_acknowledged(reports: list[dict[str, Any]]) -> Counter[str]:
    """The number of acknowledged findings by pack."""
    return Counter(
        report["pluginName"]
        for report in reports
        for violation in report.get("suppressedViolations", [])
        for _ in violation["violatingConstructs"]
    )


if __name__ == "__main__":
    sys.exit(main())
