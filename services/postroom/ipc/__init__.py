"""Questions and answers between components: typed frames on AF_UNIX streams."""
