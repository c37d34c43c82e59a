"""Sweeps, end to end."""
