"""unix:passwd.byname and unix:group.byname tables: accounts as nsswitch.conf(5) finds them.

An answer may take as long as the name service behind it. The C library cannot tell an absent
name from a name service that is away, unless it says so by an error.
"""

import grp
import pwd

from postroom.tables.folding import fold
from postroom.tables.table import Table, TableError


class UnixTable(Table):
    """The value is the account's line, as in passwd(5) or group(5)."""

    slow = True

    def __init__(self, name: str) -> None:
        super().__init__(name)
        finders = {"unix:passwd.byname": _passwd_line, "unix:group.byname": _group_line}
        if name not in finders:
            raise TableError(f"unknown table: {name}")
        self._find = finders[name]

    def lookup(self, key: str) -> str | None:
        if "\0" in key:
            return None
        try:
            return self._find(fold(key))
        except KeyError:
            return None
        except (OSError, UnicodeError) as error:
            raise TableError(f"{self.name}: {key!r}: {error}") from error


def _passwd_line(name: str) -> str:
    entry = pwd.getpwnam(name)
    fields = (entry.pw_name, entry.pw_passwd, entry.pw_uid, entry.pw_gid, entry.pw_gecos)
    return ":".join(map(str, (*fields, entry.pw_dir, entry.pw_shell)))


def _group_line(name: str) -> str:
    entry = grp.getgrnam(name)
    return f"{entry.gr_name}:{entry.gr_passwd}:{entry.gr_gid}:{','.join(entry.gr_mem)}"
