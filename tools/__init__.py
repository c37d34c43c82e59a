"""What develops and describes the project: nothing imports it but tests."""
