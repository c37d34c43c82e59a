"""The CDK app: it reads the settings from context and makes one stack."""

import sys

import aws_cdk as cdk

from infra.settings import Settings
from infra.stack import DatasetDistribution

app = cdk.App()
try:
    settings = Settings.from_context(app.node.get_all_context())
except ValueError as error:
    sys.exit(str(error))
DatasetDistribution(app, settings=settings)
app.synth()
