"""`make verify` asks a real account how Custom Labels behaves there."""
