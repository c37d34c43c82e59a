"""Manifests: JSON Lines, their labels, and the entries of datasets."""
