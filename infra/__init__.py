"""The stack: one file a box."""
