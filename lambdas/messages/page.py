"""The report as an HTML page: one file without external resources, for phones and screens, light and dark.

It has no script, and its Content-Security-Policy forbids any. So a name is only text, whatever it contains.
"""

from collections.abc import Iterator
from html import escape

from lambdas.messages.links import execution_link
from lambdas.messages.page_style import STYLE
from lambdas.messages.report import Label, Report, percent
from lambdas.rules.text import make_readable
from lambdas.rules.timeline import Timeline, Visit

LONGEST_NAME = 256
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_ROW = 48  # units of the drawing: 3 rem, as in the style


def render(project: str, reason: str, report: Report, timeline: Timeline, execution: str) -> str:
    """The page as HTML, for UTF-8."""
    title, link = f"DISTRIBUTED: {escape(project)}", execution_link(execution)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{title}</title><style>{STYLE}</style></head><body><main>",
            f"<h1>{title}</h1><p>{escape(reason)}</p>",
            *_warnings(report),
            *_entries(report),
            *_labels(report),
            *_timeline(timeline),
            f'<footer>Execution <a href="{escape(link)}" rel="noreferrer">{escape(execution)}</a></footer>',
            "</main></body></html>\n",
        ]
    )


def _warnings(report: Report) -> Iterator[str]:
    findings = report.findings()
    if findings:
        yield "<h2>Warnings</h2><ul>"
        yield from (f"<li>{escape(finding.message)}</li>" for finding in findings)
        yield "</ul>"


def _entries(report: Report) -> Iterator[str]:
    before, training, test = report.entries_before, report.training.entries, report.test.entries
    most = max(before, training + test)
    yield "<h2>Entries</h2><table><thead><tr><th>"
    yield '<th class="key training">training<th class="key test">test<th>in test<tbody>'
    yield _row("before", before, 0, most)
    yield _row("after", training, test, most)
    yield "</table>"


def _labels(report: Report) -> Iterator[str]:
    yield "<h2>Labels</h2>"
    if not report.labels:
        yield "<p>There are no labels.</p>" if report.labels == [] else "<p>The labels are unknown.</p>"
        return
    most = max(map(_count_entries, report.labels))
    yield '<table><thead><tr><th><th class="key training">training<th class="key test">test<th>in test<tbody>'
    for label in report.labels:
        yield _row(make_readable(label.name, LONGEST_NAME), label.training, label.test, most)
    yield "</table>"


def _count_entries(label: Label) -> int:
    return label.training + label.test


def _row(name: str, training: int, test: int, most: int) -> str:
    """A row of a table. The bar below the name shows the numbers of training and test entries."""
    widths = [f"width:{100 * number / most if most else 0:.2f}%" for number in (training, test)]
    share = percent(test / (training + test)) if training + test else "-"
    bar = f'<i class="training" style="{widths[0]}"></i><i class="test" style="{widths[1]}"></i>'
    return (
        f'<tr><th scope="row"><bdi>{escape(name)}</bdi><div class="bar">{bar}</div>'
        f"<td>{training:,}<td>{test:,}<td>{share}"
    )


def _timeline(timeline: Timeline) -> Iterator[str]:
    """The states in the order of their first visits, with an arc for each transition and a time bar for each state."""
    if not timeline.visits:
        return
    yield f"<h2>Timeline, {_duration(timeline.seconds)}</h2>"
    yield '<div class="timeline">'
    yield _arcs(timeline)
    yield "<ol>"
    for state in timeline.states:
        visits = timeline.of(state)
        times = f"{len(visits)} times, " if len(visits) > 1 else ""
        spent = f"{times}{_duration(sum(visit.seconds for visit in visits))}"
        yield f'<li><b>{escape(state)}</b> <small>{spent}</small><div class="time">{_spans(timeline, visits)}</div>'
    yield "</ol></div>"


def _spans(timeline: Timeline, visits: list[Visit]) -> str:
    began, whole = timeline.visits[0].entered, timeline.seconds or 1.0
    spans = ((100 * (v.entered - began).total_seconds() / whole, 100 * v.seconds / whole) for v in visits)
    return "".join(f'<i style="left:min({left:.2f}%,100% - 2px);width:{width:.2f}%"></i>' for left, width in spans)


def _arcs(timeline: Timeline) -> str:
    row_of = {state: number for number, state in enumerate(timeline.states)}
    height = _ROW * len(row_of)
    drawn = "".join(_arc(row_of[one], row_of[other], times) for (one, other), times in timeline.transitions.items())
    dots = "".join(f'<circle cx="52" cy="{_middle(row)}" r="5"/>' for row in row_of.values())
    size = f'viewBox="0 0 64 {height}" style="height:{height / 16}rem"'
    return f'<svg {size} aria-hidden="true">{drawn}{dots}</svg>'


def _arc(from_row: int, to_row: int, times: int) -> str:
    """A straight line to the next row; a curve on the left to any other row."""
    start, end = _middle(from_row), _middle(to_row)
    if to_row == from_row + 1:
        return f'<path d="M52 {start}V{end}"/>'
    out = max(4, 46 - 7 * abs(to_row - from_row)) - 12
    kind = "back" if to_row <= from_row else "over"
    arc = f'<path class="{kind}" d="M52 {start}C{out} {start},{out} {end},52 {end}"/>'
    number = f'<text x="{(52 + 3 * out) / 4 + 2}" y="{(start + end) / 2 + 4}">{times}</text>' if times > 1 else ""
    return arc + number


def _middle(row: int) -> float:
    return _ROW * (row + 0.5)


def _duration(seconds: float) -> str:
    if round(seconds, 1) < 60:
        return f"{seconds:.1f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
