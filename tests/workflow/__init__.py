"""The deployed stack on the local AWS: executions from start to notification."""
