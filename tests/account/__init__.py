"""Tests of what asks an account."""
