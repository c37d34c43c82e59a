"""What starts an execution, and what could not be delivered."""
