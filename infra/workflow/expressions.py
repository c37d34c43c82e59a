"""The expressions of the definition: a reference, a comparison, or one merge. Python decides everything else."""

from aws_cdk import aws_stepfunctions as sfn


def jsonata(expression: str) -> str:
    """The expression in the marks that Step Functions expects."""
    return f"{{% {expression} %}}"


# A task's arguments, which contain the input, may have 256 KB ("Service quotas", AWS Step Functions Developer Guide).
# No Catch catches States.DataLimitExceeded ("Handling errors in Step Functions workflows", the same guide).
_LONGEST_INPUT = 50_000  # characters, of up to four bytes each
INPUT = (
    f"$length($string($states.context.Execution.Input)) > {_LONGEST_INPUT}"
    f" ? 'more than {_LONGEST_INPUT:,} characters' : $states.context.Execution.Input"
)
"""The input of the execution, or a sentence instead of an input that is too long."""


def when(condition: str) -> sfn.Condition:
    """A condition of a Choice."""
    return sfn.Condition.jsonata(jsonata(condition))
