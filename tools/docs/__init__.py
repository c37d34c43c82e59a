"""Writes the pages of docs/ that come from code, and runs the cdk-nag review."""
