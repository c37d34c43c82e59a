"""The context of cdk.json. The CDK CLI reads it; an app without the CLI needs this module for its feature flags."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.asset import ROOT
from infra.settings import of_cdk


def read_context() -> dict[str, Any]:
    """The context of cdk.json: settings and feature flags."""
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return context


def feature_flags() -> dict[str, Any]:
    """The context of cdk.json without the settings."""
    return {key: value for key, value in read_context().items() if of_cdk(key)}


def differing_flags(assembly: Path) -> Iterator[str]:
    """A finding for each flag that is not as the CDK recommends.

    The manifest of the assembly has the recommendations and the values, as `cdk flags` shows them.
    """
    artifacts = json.loads((assembly / "manifest.json").read_text())["artifacts"].values()
    for report in (each for each in artifacts if each["type"] == "cdk:feature-flag-report"):
        for name, flag in report["properties"]["flags"].items():
            recommended, unset = flag["recommendedValue"], flag.get("unconfiguredBehavesLike", {}).get("v2", False)
            if flag.get("userValue", unset) != recommended:
                yield f"{name}\n  The CDK recommends {json.dumps(recommended)}. Set it in cdk.json."
