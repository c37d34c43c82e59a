"""What operators see: alarms, a dashboard, saved queries, executions that ended unnoticed."""
