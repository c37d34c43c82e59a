"""Tests of the deployed stack, of its settings and of its template."""
