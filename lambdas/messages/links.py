"""Links into the Step Functions console."""


def execution_link(execution: str) -> str:
    """To an execution."""
    return _console(execution, "v2/executions/details")


def state_machine_link(execution: str) -> str:
    """To the state machine of an execution, where a new one is started."""
    return _console(state_machine_of(execution), "statemachines/view")


def state_machine_of(execution: str) -> str:
    """The ARN of the execution's state machine: `…:execution:MACHINE:NAME` is of `…:stateMachine:MACHINE`."""
    home, _, name = execution.partition(":execution:")
    return f"{home}:stateMachine:{name.partition(':')[0]}"


def _console(arn: str, page: str) -> str:
    region = arn.split(":")[3]
    return f"https://{region}.console.aws.amazon.com/states/home?region={region}#/{page}/{arn}"
