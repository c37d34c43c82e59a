"""Random faults against every promise, and the end-to-end tests under each plausible answer of the service."""
