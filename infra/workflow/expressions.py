"""The expressions of the definition: a reference, a comparison, or one merge. Python decides everything else."""

from aws_cdk import aws_stepfunctions as sfn


def jsonata(expression: str) -> str:
    """The expression in the marks that Step Functions expects."""
    return f"{{% {expression} %}}"


def when(condition: str) -> sfn.Condition:
    """A condition of a Choice."""
    return sfn.Condition.jsonata(jsonata(condition))
