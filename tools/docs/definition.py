"""The state machine's definition as Step Functions would get it, for tests to read."""

import json
from functools import cache
from typing import Any

from aws_cdk.assertions import Template

from infra.settings import Settings
from tools.docs import template


@cache
def synthesize(settings: Settings) -> Template:
    return Template.from_json(template.synthesize(settings))


def render_definition(settings: Settings | None = None) -> dict[str, Any]:
    """Ref, GetAtt and Join resolved to plausible ARNs."""
    (machine,) = synthesize(settings or Settings()).find_resources("AWS::StepFunctions::StateMachine").values()
    definition: dict[str, Any] = json.loads(_render(machine["Properties"]["DefinitionString"]))
    return definition


def _render(value: Any) -> str:
    match value:
        case str():
            return value
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_render, parts))
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": name}:
            return f"arn:aws:sns:us-east-1:123456789012:{name}"
        case {"Fn::GetAtt": [name, "Arn"]}:
            return f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    raise ValueError(f"The definition has {value!r} in it.")
