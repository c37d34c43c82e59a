"""The template and the state machine's definition, made without the CDK CLI."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from aws_cdk import App, assertions

from infra.settings import Settings
from infra.stack import DatasetDistribution
from tools.docs.flags import feature_flags
from tools.docs.grants import Template

# The constructs of the two state machines.
WORKFLOW, SWEEP = "Workflow", "Sweep"

# Every setting that adds something to the template.
EVERY_OPTION = Settings(
    stack_name="WithOptions",
    email=("you@example.com",),
    alarm_email=("operator@example.com",),
    image_buckets=("images",),
    image_keys=("arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000",),
    permissions_boundary="arn:aws:iam::123456789012:policy/edge",
    tags=(("team", "vision"),),
    create_trail=True,
)


def synthesize(settings: Settings, folder: Path | None = None) -> Template:
    """The template as the CLI makes it: with its assets, and with the feature flags of cdk.json.

    The assembly stays in the folder, if one is given.
    """
    app = App(context=feature_flags(), outdir=None if folder is None else str(folder))
    stack = DatasetDistribution(app, settings=settings)
    template: Template = app.synth().get_stack_by_name(stack.stack_name).template
    return template


@cache
def template_for_assertions(settings: Settings) -> assertions.Template:
    """The same, synthesized once for each settings, for tests to read only."""
    return assertions.Template.from_json(synthesize(settings))


def render_definition(settings: Settings | None = None, machine: str = WORKFLOW) -> dict[str, Any]:
    """The definition as Step Functions gets it, with plausible ARNs in place of Ref, GetAtt and Join."""
    machines = template_for_assertions(settings or Settings()).find_resources("AWS::StepFunctions::StateMachine")
    (found,) = (properties for name, properties in machines.items() if name.startswith(machine))
    definition: dict[str, Any] = json.loads(_render(found["Properties"]["DefinitionString"]))
    return definition


def states_of(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The states of the definition by name, and those within its Map states."""
    states = dict(definition["States"])
    for state in definition["States"].values():
        if state["Type"] == "Map":
            states |= states_of(state["ItemProcessor"])
    return states


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
    raise ValueError(f"The definition has {value!r} in it, which no rule renders.")
