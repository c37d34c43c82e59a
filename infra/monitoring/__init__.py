"""Monitoring for operators: alarms, a dashboard, saved queries, and executions that ended unnoticed."""
