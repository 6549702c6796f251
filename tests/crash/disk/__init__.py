"""A disk that remembers every write and flush, and one that can be put back to any of them."""
