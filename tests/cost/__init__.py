"""What the stack costs: python -m tests.cost writes docs/cost.md."""
