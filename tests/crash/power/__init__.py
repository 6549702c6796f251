"""The power fails at any moment: what was acknowledged before must be on the disk."""
