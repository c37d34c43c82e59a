"""The CDK app: context → settings → one stack. Only this file reads the outside world."""

import aws_cdk as cdk

from infra.settings import Settings
from infra.stack import DatasetDistribution

app = cdk.App()
DatasetDistribution(app, "DatasetDistribution", settings=Settings.from_context(app.node.try_get_context))
app.synth()
