"""What people and programs receive, and when a part of it fails."""
