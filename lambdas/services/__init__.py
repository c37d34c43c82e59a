"""The calls to AWS, one file a service."""
