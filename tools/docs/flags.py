"""The feature flags of cdk.json, for an app that is made without the CDK CLI, which would read them."""

import json
from typing import Any

from infra.asset import ROOT
from infra.settings import of_cdk


def feature_flags() -> dict[str, Any]:
    """All that cdk.json has as context, but the settings."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    return {key: value for key, value in context.items() if of_cdk(key)}
