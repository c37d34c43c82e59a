"""The names of the metrics that the functions send."""

EXECUTION_AGE = "ExecutionAge"
DATASETS_RESOLVED = "DatasetsResolved"
OUTCOMES = "Outcomes"  # by Outcome and Error
