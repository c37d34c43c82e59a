"""What starts executions, and the queues for events that EventBridge could not deliver."""
