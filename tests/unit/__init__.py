"""Pure functions: no AWS, a few seconds."""
