"""Writes docs/settings.md from the settings, with the defaults as cdk.json has them."""

import json
from typing import Any

from pydantic.fields import FieldInfo

from infra.asset import ROOT
from infra.settings import Settings, accepted
from tools.docs.flags import read_context

PAGE = ROOT / "docs" / "settings.md"

_HEAD = """# Settings

Written by `make docs` from [infra/settings.py](../infra/settings.py).

Give settings on the command line: `cdk deploy --context trigger=tagged --context projects=demo`. They then apply to
this deployment only. To keep a setting, write it into [cdk.json](../cdk.json) under `context`, where a list or an
object may be JSON. A wrong value fails the synth with a sentence that says what is accepted, and so does a key that is
like one of these. Any other key is ignored: `~/.cdk.json` may have context for other apps.

| key | default | accepted | purpose |
|---|---|---|---|
"""


def render() -> str:
    """The page."""
    defaults = read_context()
    return _HEAD + "".join(_row(each, defaults[str(each.alias)]) for each in Settings.model_fields.values())


def _row(setting: FieldInfo, value: Any) -> str:
    default = "none" if value == "" else f"`{value if isinstance(value, str) else json.dumps(value)}`"
    purpose = " ".join(str(setting.description).split())
    return f"| `{setting.alias}` | {default} | {accepted(setting)} | {purpose} |\n"
