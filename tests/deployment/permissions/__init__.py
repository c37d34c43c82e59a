"""Each permission is needed, and the template has no other."""
