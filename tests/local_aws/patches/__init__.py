"""MiniStack with its patches."""
