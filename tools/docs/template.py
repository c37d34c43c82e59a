"""The template, made without the CDK CLI."""

from aws_cdk import App

from infra.settings import Settings
from infra.stack import DatasetDistribution
from tools.docs.flags import feature_flags
from tools.docs.grants import Template


def synthesize(settings: Settings) -> Template:
    """The one that the CLI would make: with its assets, and with the flags of cdk.json, which decide a part of it."""
    app = App(context=feature_flags())
    stack = DatasetDistribution(app, settings=settings)
    template: Template = app.synth().get_stack_by_name(stack.stack_name).template
    return template
