"""The state machine: its graph, its tasks, their retries, its role."""
