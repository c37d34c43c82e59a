"""Create a pair of datasets, by which an event starts an execution."""

from tests.support.executions import Execution, Executions
from tests.support.workbench import Workbench


def create_pair(bench: Workbench, project: str, executions: Executions, lines: list[str]) -> Execution:
    """The execution that the test dataset's creation started, after the training dataset's own stood aside."""
    executions.started_by(bench.create(project, "TRAIN", lines))
    return executions.started_by(bench.create(project, "TEST"))
