"""The lines that the doctor prints, and its exit status."""

from collections import Counter

from rich.console import Console
from rich.markup import escape

from account.deployed_stack import DeployedStack
from account.doctor.examination import CHECKS, examine
from account.doctor.finding import State
from account.session import Account

MARKS = {
    State.GOOD: "[green]✓ good   [/]",
    State.NOTE: "[cyan]· note   [/]",
    State.WRONG: "[red]✗ wrong  [/]",
    State.UNKNOWN: "[yellow]? unknown[/]",
}
WIDTH = max(map(len, CHECKS))


def run_doctor(console: Console, stack_name: str) -> int:
    """Print a line for each finding. The exit status: 0, or 1 if something is wrong or could not be looked at."""
    with console.status("Looking for the stack"):
        account = Account()
        stack = DeployedStack(account, stack_name)
    console.print(f"{escape(stack.description or stack_name)}: account {account.id}, Region {account.region}\n")
    counts: Counter[State] = Counter()
    with console.status("Looking"):
        for name, finding in examine(stack):
            counts[finding.state] += 1
            console.print(f"{MARKS[finding.state]} {name:{WIDTH}}  {escape(finding.text)}", soft_wrap=True)
    console.print("\n" + summary(counts))
    return int(bool(counts[State.WRONG] + counts[State.UNKNOWN]))


def summary(counts: Counter[State]) -> str:
    """The last line."""
    if not counts[State.WRONG] + counts[State.UNKNOWN]:
        return "Nothing is wrong."
    found = [f"{counts[state]} {state}" for state in (State.WRONG, State.UNKNOWN) if counts[state]]
    return f"{' and '.join(found)} of {sum(counts.values())} findings."
