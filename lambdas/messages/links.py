"""Links into the Step Functions console."""

from lambdas.rules.input.arns import parse_location


def execution_link(execution: str) -> str:
    """The link to the execution."""
    return _console(execution, "v2/executions/details")


def state_machine_link(execution: str) -> str:
    """The link to the execution's state machine, where people start a new execution."""
    return _console(state_machine_of(execution), "statemachines/view")


def state_machine_of(execution: str) -> str:
    """The ARN of the state machine: `…:stateMachine:MACHINE` for the execution `…:execution:MACHINE:NAME`."""
    prefix, _, name = execution.partition(":execution:")
    return f"{prefix}:stateMachine:{name.partition(':')[0]}"


def _console(arn: str, page: str) -> str:
    region = parse_location(arn).region
    return f"https://{region}.console.aws.amazon.com/states/home?region={region}#/{page}/{arn}"
