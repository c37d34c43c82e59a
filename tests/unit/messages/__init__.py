"""What people and programs read, as tables of cases."""
