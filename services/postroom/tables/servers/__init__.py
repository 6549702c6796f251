"""Tables that a server answers, or a database: opened by proxymap(8) alone, and by commands."""
