"""What an execution is given."""
