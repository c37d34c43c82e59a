"""What develops and describes the project."""
