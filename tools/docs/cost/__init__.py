"""Writes docs/cost.md: the cost of a distribution, and of the stack at rest."""
