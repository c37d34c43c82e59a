"""Writes docs/settings.md from the settings."""

from aws_cdk import RemovalPolicy
from pydantic.fields import FieldInfo

from infra.asset import ROOT
from infra.settings import Settings, accepted

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
    return _HEAD + "".join(map(_row, Settings.model_fields.values()))


def default_of(setting: FieldInfo) -> str:
    """As cdk.json has it."""
    match setting.default:
        case None | ():
            return ""
        case RemovalPolicy.DESTROY:
            return "destroy"
        case tuple() as several:
            return ",".join(several)
        case bool() as either:
            return str(either).lower()
        case float() as number:
            return f"{number:g}"
    return str(setting.default)


def _row(setting: FieldInfo) -> str:
    default = f"`{default_of(setting)}`" if default_of(setting) else "none"
    purpose = " ".join(str(setting.description).split())
    return f"| `{setting.alias}` | {default} | {accepted(setting)} | {purpose} |\n"
