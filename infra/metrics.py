"""The names of our metrics in CloudWatch; every one has the dimension `service`, which is the stack's name."""

NAMESPACE = "DatasetDistribution"
OUTCOMES = "Outcomes"  # by Outcome and Error
EXECUTION_AGE = "ExecutionAge"  # seconds, at each look
