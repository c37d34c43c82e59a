"""Faults of the local AWS: which calls they match, and what becomes of these."""
