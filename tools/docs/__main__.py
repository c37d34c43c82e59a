"""`make docs` writes every page that comes from code. With --check it writes none and fails if one is stale."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from infra.asset import ROOT
from infra.settings import Settings
from tools.docs import dependencies, permissions, review, runbook, settings, state_graph
from tools.docs.cost import page as cost
from tools.docs.template import SWEEP, render_definition, synthesize


class Page(NamedTuple):
    """A file, and the function that renders its text."""

    path: Path
    render: Callable[[], str]


def pages() -> list[Page]:
    """Every page that comes from code."""
    template = synthesize(Settings())
    return [
        Page(settings.PAGE, settings.render),
        Page(permissions.PAGE, lambda: permissions.render(template)),
        Page(runbook.PAGE, runbook.render),
        Page(review.PAGE, review.render),
        Page(cost.PAGE, cost.render),
        Page(dependencies.PAGE, dependencies.render),
        Page(state_graph.PAGE, lambda: state_graph.render(render_definition(), render_definition(machine=SWEEP))),
    ]


def main(arguments: list[str]) -> int:
    """Returns the exit status: 1 if --check is given and a page is stale, else 0."""
    texts = {page.path: page.render() for page in pages()}
    stale = [path for path, text in texts.items() if not path.exists() or path.read_text() != text]
    if "--check" in arguments:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is stale. Run `make docs` and commit the page.")
        return 1 if stale else 0
    for path in stale:
        path.write_text(texts[path])
        print(f"Wrote {path.relative_to(ROOT)}.")
    print(f"{len(texts)} pages, {len(stale)} of them changed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
