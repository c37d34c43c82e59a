"""The names of the metrics that the functions send."""

EXECUTION_AGE = "ExecutionAge"
DATASETS_RESOLVED = "DatasetsResolved"
OUTCOMES = "Outcomes"  # by Outcome and Error
PROJECTS_SWEPT = "ProjectsSwept"  # by Action
EVENTS_MISSED = "EventsMissed"
