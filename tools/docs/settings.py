"""docs/settings.md, written from the settings."""

from aws_cdk import RemovalPolicy
from pydantic.fields import FieldInfo

from infra.asset import ROOT
from infra.settings import Settings, accepted

PAGE = ROOT / "docs" / "settings.md"

_HEAD = """# Settings

Written by `make docs` from [infra/settings.py](../infra/settings.py).

Give them on the command line, each time anew, `cdk deploy --context trigger=tagged --context projects=demo`; or for
good in [cdk.json](../cdk.json) under `context`, where lists and objects may be JSON. A wrong value, or a key that is
none of these, ends the synth with a sentence.

| key | default | accepted | what for |
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
