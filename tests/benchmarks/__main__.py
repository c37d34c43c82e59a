"""`make bench` from the command line: python -m tests.benchmarks [section …]."""

import argparse
import sys
from collections.abc import Iterable
from datetime import date

from rich.console import Console

from local.aws import forget_other_accounts
from local.status_lines import Steps
from tests.benchmarks import page
from tests.benchmarks.section import Result, Section
from tests.benchmarks.sections import commands, entries, functions, load, money, polling, states
from tests.benchmarks.sections.commands import CommandFailed

SECTIONS: tuple[Section, ...] = (
    functions.SECTION,
    polling.SECTION,
    money.SECTION,
    states.SECTION,
    load.SECTION,
    entries.SECTION,
    commands.SECTION,
)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description="Measure, and write the page.")
    names = [section.name for section in SECTIONS]
    parser.add_argument("sections", nargs="*", help=f"those to measure anew: {', '.join(names)}")
    given = parser.parse_args()
    if unknown := [name for name in given.sections if name not in names]:
        parser.error(f"There is no section {unknown[0]}. The sections are: {', '.join(names)}.")
    console = Console(highlight=False)
    forget_other_accounts()
    before = page.read_results()
    results = dict(before)
    try:
        measure([section for section in SECTIONS if section.name in (given.sections or names)], results, console)
    except CommandFailed as error:
        console.print(f"{error} The sections before it are written.", markup=False, soft_wrap=True)
        return 1
    finally:
        page.write(SECTIONS, results)
    console.print(page.compare(SECTIONS, before, results))
    return 0


def measure(sections: Iterable[Section], results: dict[str, Result], console: Console) -> None:
    """Add the result of one section after another, so that a failure loses none before it. Raises CommandFailed."""
    with Steps(console) as steps:
        for section in sections:
            steps.begin(section.title)
            about = {"date": f"{date.today()}", "machine": page.describe_machine()}
            results[section.name] = {**about, **section.measure()}


if __name__ == "__main__":
    sys.exit(main())
