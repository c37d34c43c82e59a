"""The table of failures, and how an execution ends."""
