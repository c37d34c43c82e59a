"""Patches of who may do what: service roles, keys."""
