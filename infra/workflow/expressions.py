"""Write the expressions of the definition: a reference, a comparison, or one merge. Python decides all else."""

from aws_cdk import aws_stepfunctions as sfn


def jsonata(expression: str) -> str:
    """The expression as Step Functions marks it."""
    return f"{{% {expression} %}}"


def when(condition: str) -> sfn.Condition:
    """A rule of a Choice."""
    return sfn.Condition.jsonata(jsonata(condition))
