"""Patches of AWS Step Functions."""
