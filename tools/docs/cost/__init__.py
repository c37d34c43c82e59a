"""What the stack costs: python -m tools.docs.cost writes docs/cost.md."""
