"""SMTP and LMTP without sockets, both ends: bytes in; commands, content and replies out."""
