"""Create a pair of datasets whose events start executions."""

from tests.support.executions import Execution, Executions
from tests.support.workbench import Workbench


def create_pair_by_events(bench: Workbench, project: str, executions: Executions, lines: list[str]) -> Execution:
    """The execution that the creation of the test dataset started, after it has ended.

    The execution that the creation of the training dataset started has ended before.
    """
    executions.wait_until_ended_for(bench.create(project, "TRAIN", lines))
    return executions.wait_until_ended_for(bench.create(project, "TEST"))
