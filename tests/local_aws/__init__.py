"""The local AWS itself."""
