"""Writes docs/review.md from the acknowledgements."""

from infra.asset import ROOT
from tools.docs.acknowledged import ACKNOWLEDGED, ANSWERED, Acknowledged, Answered

PAGE = ROOT / "docs" / "review.md"

_HEAD = """# Review by rules

Written by `make docs` from [tools/docs/acknowledged.py](../tools/docs/acknowledged.py).

`make check` runs five rule packs of [cdk-nag](https://github.com/cdklabs/cdk-nag) on the stack: AWS Solutions,
Serverless, NIST 800-53 r5, HIPAA Security and PCI DSS 3.2.1. It runs the CDK's own rules, too. It checks the stack with
default settings and with every setting that adds something.

It also fails for a warning of the CDK, as `cdk synth --strict` does, for a deprecated API of the CDK, and for a feature
flag in [cdk.json](../cdk.json) that is not as the CDK recommends, which `cdk flags` shows.

Each finding is fixed, or acknowledged below with the reason. The check fails for a finding without an acknowledgement
and for an acknowledgement without a finding. CI keeps the report of each run, with the reason for each finding:
`validation-report.json` in the artifact `nag-python-…`.

The packs do not check the bucket emptier, the CDK's function that empties a bucket on `cdk destroy`, or its role,
because the CDK creates both as generic resources, and the packs check typed constructs only.
[permissions.md](permissions.md) lists their permissions, too.

Packs share rules, so a rule below has no pack in its name. A resource is its path in the stack.
"""


_OTHERS = """
# Other scanners

`make check` does not run them. These checks fail on the template, too.
"""


def render() -> str:
    """The page."""
    return _HEAD + "".join([*map(_section, ACKNOWLEDGED), _OTHERS, *map(_answer, ANSWERED)])


def _section(row: Acknowledged) -> str:
    return f"\n## {row.requirement}\n{row.reason}\n\n- {_code(row.rules)}\n- on {_code(row.resources)}\n"


def _answer(row: Answered) -> str:
    return f"\n## {row.requirement}\n{row.reason}\n\n- {row.check}\n"


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
