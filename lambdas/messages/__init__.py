"""The messages for people and programs."""
