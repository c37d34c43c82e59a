"""What an execution may be given."""
