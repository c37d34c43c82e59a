"""The calls to AWS: one file for each service."""
