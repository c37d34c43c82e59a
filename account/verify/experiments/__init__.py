"""Experiments: each makes datasets of its own, looks at what the service does, and answers some questions."""
