"""What the stack costs: docs/cost.md."""
