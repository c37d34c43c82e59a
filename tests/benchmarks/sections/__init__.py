"""What make bench measures: one module a section of docs/performance.md, and what two of them run in processes."""
