"""The feature flags of cdk.json. The CDK CLI reads them; an app without the CLI needs this module."""

import json
from typing import Any

from infra.asset import ROOT
from infra.settings import of_cdk


def feature_flags() -> dict[str, Any]:
    """The context of cdk.json without the settings."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return {key: value for key, value in context.items() if of_cdk(key)}
