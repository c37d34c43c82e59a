"""Odd machines: each case works, or ends in one sentence that names the cause."""
