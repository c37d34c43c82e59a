"""Faults of the local AWS: the calls that they match, and what happens to these calls."""
