"""What waits, and who is next."""
