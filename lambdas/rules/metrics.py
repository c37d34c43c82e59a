"""The names of the metrics that functions send."""

EXECUTION_AGE = "ExecutionAge"
DATASETS_RESOLVED = "DatasetsResolved"
