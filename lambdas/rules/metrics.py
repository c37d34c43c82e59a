"""The names of the metrics that the functions send."""

EXECUTION_AGE = "ExecutionAge"
OUTCOMES = "Outcomes"  # by Outcome and Error
PROJECTS_SWEPT = "ProjectsSwept"  # by Action
EVENTS_MISSED = "EventsMissed"
