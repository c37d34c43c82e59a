"""Errors: their names, their retries, their advice, and how an execution ends."""
