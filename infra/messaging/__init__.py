"""The topics: for people, for a chat channel."""
