"""Keys without case: user names and domains are one, however they are written.

Postfix folds by Unicode's rules (RFC 6531 addresses), so that GRÜN@example.com finds grün.
"""


def fold(key: str) -> str:
    return key.lower() if key.isascii() else key.casefold()
