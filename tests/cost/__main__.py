"""Writes docs/cost.md: python -m tests.cost."""

from tests.cost.page import PAGE, render

if __name__ == "__main__":
    PAGE.write_text(render())
