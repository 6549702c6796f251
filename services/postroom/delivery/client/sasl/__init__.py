"""Authentication to servers (RFC 4954): who we are there, by which mechanism, and the dialogue."""
