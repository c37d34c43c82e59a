"""What `make verify` asks before it begins, and what it prints."""

import os

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from account.session import Account, AccountError
from account.verify.cleanup import Remains, find_remains, remove
from account.verify.lab import RealClock
from account.verify.result import ANSWERS, PAGE, RESULT, Result
from account.verify.run import run
from local.status_lines import Steps

WIDTH = 140  # columns of the page, and of an output that is no terminal
PLAN = """
This asks Amazon Rekognition Custom Labels and a deployment of this checkout how they behave in
account {account}, Region {region}.

It makes:  fewer than 100 projects with small datasets; a bucket with about 2,000 small images; queues, rules, a role;
           the stack DatasetDistributionVerify. Every name begins with dataset-distribution-verify or is that of the
           stack.
It costs:  some cents: S3, Lambda, Step Functions, KMS. No model is trained.
It takes:  an hour or more, most of it waiting. Ctrl-C ends it.
At the end it removes all of it. What a crash leaves, the next run removes first.
"""


def run_verify(console: Console) -> int:
    """The exit status: 0; 1 if a promise is broken or an experiment failed; 2 if nobody agreed."""
    account = Account()
    console.print(PLAN.format(account=account.id, region=account.region), soft_wrap=True)
    remains = find_remains(account)
    if remains.stacks or remains.projects:
        console.print(f"An earlier run left {_counted(remains)}. They are removed first.\n")
    if not _agreed(console):
        console.print("Nothing was made.")
        return 2
    with Steps(console) as steps:
        remove(account, remains, RealClock(), steps.begin)
        result = run(account, RealClock(), steps.begin)
    _print(result)
    return int(bool(result.broken or result.problems))


def _agreed(console: Console) -> bool:
    if os.environ.get("YES") == "1":
        return True
    try:
        return console.input("Go on? (y/N) ").strip().lower() in ("y", "yes")
    except EOFError:
        raise AccountError("Nobody can answer: there is no terminal. YES=1 agrees.") from None


def _counted(remains: Remains) -> str:
    return f"{len(remains.stacks)} stacks and {len(remains.projects)} projects"


def _table(*headings: str, title: str) -> Table:
    """The first two columns stay on one line."""
    table = Table(title=title, title_justify="left")
    for position, heading in enumerate(headings):
        table.add_column(heading, no_wrap=position < 2, overflow="fold")
    return table


def _print(result: Result) -> None:
    """Print the tables, and write them as a page."""
    console = Console(highlight=False, record=True)
    console.width = max(console.width, WIDTH)
    table = _table("question", "answer", "seen", title=f"Custom Labels in {result.region}")
    for each in result.answers:
        answer = "[dim]not found out[/]" if each.value is None else escape(str(each.value))
        table.add_row(each.setting, answer, escape(each.evidence))
    console.print(table)
    table = _table("promise", "kept", "seen", title="The deployed workflow")
    for name, seen in result.promises.items():
        table.add_row(name, "[red]no[/]" if seen else "[green]yes[/]", escape(seen))
    for name, why in result.not_tried.items():
        table.add_row(name, "[dim]not tried[/]", escape(why))
    console.print(table)
    for problem in result.problems:
        console.print(f"[red]An experiment failed:[/] {escape(problem)}")
    console.save_html(str(PAGE))
    print(
        f"\nThe page: {PAGE}. All of it as JSON: {RESULT}.\n{ANSWERS} makes the local service behave as this account:"
    )
    print(f"  make local ANSWERS={ANSWERS}\n  make unknowns ANSWERS={ANSWERS}")
