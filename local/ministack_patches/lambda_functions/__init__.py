"""Patches of AWS Lambda."""
