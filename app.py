"""The CDK app: it reads the settings from context and makes one stack."""

import sys

import aws_cdk as cdk

from infra.settings import Settings, ignored_keys
from infra.stack import DatasetDistribution

app = cdk.App()
context = app.node.get_all_context()
try:
    settings = Settings.from_context(context)
except ValueError as error:
    sys.exit(str(error))
if ignored := ignored_keys(context):
    print(f"Context that is no setting of this app is ignored: {', '.join(ignored)}", file=sys.stderr)
DatasetDistribution(app, settings=settings)
app.synth()
