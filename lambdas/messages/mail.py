"""The e-mail: the outcome, the reason, a table of labels, the warnings, what to do, links."""

from collections.abc import Iterator

from lambdas.messages import summary
from lambdas.messages.links import execution_link, state_machine_link
from lambdas.messages.notice import shown_cause
from lambdas.messages.outcome import Outcome
from lambdas.messages.subject import make_subject
from lambdas.rules.failures.ending import WHAT_TO_DO
from lambdas.rules.text import break_links


def make_mail(outcome: Outcome) -> str:
    """The e-mail as plain text."""
    return "\n".join(_write_failure(outcome) if outcome.error else _write_success(outcome))


def _write_success(outcome: Outcome) -> Iterator[str]:
    yield from (make_subject(outcome), "", outcome.reason, "")
    if outcome.report:
        yield from (summary.render(outcome.report), "")
    yield from _write_what_to_do(outcome)
    if outcome.report_link:
        yield f"Report: {outcome.report_link}"
    yield f"Execution: {execution_link(outcome.execution)}"
    yield break_links(f"Project: {outcome.project_arn}")


def _write_failure(outcome: Outcome) -> Iterator[str]:
    yield from (make_subject(outcome), "", break_links(shown_cause(outcome)), "")
    yield from _write_what_to_do(outcome)
    yield f"Start a new execution: {state_machine_link(outcome.execution)}"
    yield f"with the input {_write_input(outcome.project_name)}" if outcome.project_name else ""
    yield ""
    yield f"Execution: {execution_link(outcome.execution)}"
    if outcome.project_name:
        yield break_links(f"Project: {outcome.project_name}")


def _write_input(project_name: str) -> str:
    """The input to copy. A name like a web address has its dots as JSON codes: brackets would change the name."""
    name = break_links(project_name).replace("[.]", "\\u002e")
    return f'{{"ProjectName": "{name}"}}'


def _write_what_to_do(outcome: Outcome) -> Iterator[str]:
    if outcome.notes:
        yield from (*map(break_links, outcome.notes), "")
    yield from (f"{WHAT_TO_DO} {outcome.what_to_do}", "")
