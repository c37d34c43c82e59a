"""Writes the pages of docs/ that come from code, and the cdk-nag review."""
