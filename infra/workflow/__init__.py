"""The state machine: its graph, its tasks, their retries and its role."""
