"""`make bench`: what the program costs, side by side with what a user would otherwise have (docs/performance.md)."""
