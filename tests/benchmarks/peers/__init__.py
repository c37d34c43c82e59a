"""What a user would otherwise have, for comparison."""
