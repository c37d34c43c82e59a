"""AWS on a laptop: MiniStack with a faithful Custom Labels service in it."""
