"""Write JSONata expressions for Step Functions."""

import re


def jsonata(expression: str) -> str:
    """The expression as Step Functions marks it, on one line."""
    return "{% " + re.sub(r"\s*\n\s*", " ", expression.strip()) + " %}"
