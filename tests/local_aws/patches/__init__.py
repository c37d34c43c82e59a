"""What patches make of MiniStack."""
