"""Patches of MiniStack: what it lacks, or does differently from AWS. order.py lists them."""
