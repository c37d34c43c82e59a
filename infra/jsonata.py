"""Write JSONata expressions for Step Functions."""

import re

from aws_cdk import aws_stepfunctions as sfn


def jsonata(expression: str) -> str:
    """The expression as Step Functions marks it, on one line."""
    return "{% " + re.sub(r"\s*\n\s*", " ", expression.strip()) + " %}"


def cut(expression: str, longest: int, *, more: str = "…") -> str:
    """A text of so many characters at most; where it has more, `more` stands behind them."""
    return f"""(
        $whole := {expression};
        $length($whole) > {longest} ? $substring($whole, 0, {longest}) & '{more}' : $whole
    )"""


def when(condition: str) -> sfn.Condition:
    """A rule of a Choice."""
    return sfn.Condition.jsonata(jsonata(condition))
