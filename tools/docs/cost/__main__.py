"""Writes docs/cost.md: python -m tools.docs.cost."""

from tools.docs.cost.page import PAGE, render

if __name__ == "__main__":
    PAGE.write_text(render())
