"""docs/review.md, written from what is acknowledged."""

from infra.asset import ROOT
from tools.docs.acknowledged import ACKNOWLEDGED, Acknowledged

PAGE = ROOT / "docs" / "review.md"

_HEAD = """# Review by rules

Written by `make docs` from [tools/docs/acknowledged.py](../tools/docs/acknowledged.py).

`make check` holds the stack, as it is by default and with all that settings add, against five packs of
[cdk-nag](https://github.com/cdklabs/cdk-nag): AWS Solutions, Serverless, NIST 800-53 r5, HIPAA Security and PCI DSS
3.2.1; and against the CDK's own rules. What a rule finds is mended, or stands below with the reason why not. A finding
that does not, and a row that nothing needs any more, fail the check. CI keeps the report of each run, each finding with
its reason: `validation-report.json` in the artifact `nag-python-…`.

The packs do not see what the CDK makes without a type: here the function that empties a bucket on `cdk destroy`, and
its role. What they may is in [permissions.md](permissions.md), with the rest.

A rule stands here without its pack, for packs share rules, and a resource as its path in the stack.
"""


def render() -> str:
    """The page."""
    return _HEAD + "".join(map(_section, ACKNOWLEDGED))


def _section(row: Acknowledged) -> str:
    return f"\n## {row.asked}\n{row.reason}\n\n- {_code(row.rules)}\n- on {_code(row.resources)}\n"


def _code(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names)
