"""Tests of the template and of its deployment."""
