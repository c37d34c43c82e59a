"""`make demo`: one distribution on a new local AWS, shown as it happens."""
