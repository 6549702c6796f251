"""Which types of tables need a library that Python does not bring, and whether it is there."""

from importlib.util import find_spec

# What a type needs of Python besides its own library; in Debian python3- stands before it.
LIBRARIES = {
    "ldap": "ldap",
    "lmdb": "lmdb",
    "memcache": "pymemcache",
    "mysql": "pymysql",
    "pgsql": "psycopg2",
}


def missing_library(kind: str) -> str | None:
    """What has to be installed before tables of this type can be opened; None for nothing."""
    needed = LIBRARIES.get(kind)
    return needed if needed and find_spec(needed) is None else None
