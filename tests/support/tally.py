"""Count what the tests did, and print the counts as tables at the end of the test output."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

TALLY = "tally"
ENDINGS = "How the executions ended"


def count(record_property: Callable[[str, object], None], table: str, row: str, column: str) -> None:
    """Add one to this cell of the table. pytest passes the property on from the process that ran the test."""
    record_property(TALLY, [table, row, column])


def render(reports: Iterable[Any]) -> str:
    """The tables with the counts of these test reports, as text."""
    cells: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for name, value in (each for report in reports for each in report.user_properties):
        if name == TALLY:
            table, row, column = value
            cells[table][row, column] += 1
    console = Console(width=100)
    with console.capture() as capture:
        for title, counted in cells.items():
            console.print(title, _make_grid(counted), sep="\n")
    return capture.get()


def _make_grid(counted: Counter[tuple[str, str]]) -> Table:
    grid = Table(box=None)
    columns = list(dict.fromkeys(column for _, column in counted))
    for heading in ("", *columns):
        grid.add_column(heading, justify="right" if heading else "left")
    for row in dict.fromkeys(row for row, _ in counted):
        grid.add_row(row, *(str(counted[row, column]) for column in columns))
    return grid
