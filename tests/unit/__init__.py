"""Tests of pure functions. They need no AWS and take a few seconds."""
