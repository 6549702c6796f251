"""Lists of users: authorized_submit_users and the like (postconf(5))."""

from collections.abc import Iterable
from pwd import getpwuid


class UserList:
    """``entries`` are the words of the parameter: login names, ``!name``, ``/file``,
    ``type:table``, and ``static:anyone`` for all."""

    def __init__(self, entries: Iterable[str]) -> None:
        self._entries = tuple(entries)

    def allows(self, uid: int) -> bool:
        """Raises TableError where the list cannot be read."""
        if self._entries == ("static:anyone",):
            return True
        # Few have such a list, and tables are slow to import for those who have none.
        from postroom.tables.match_list import StringList  # noqa: PLC0415

        return StringList(self._entries).match(login_of(uid))


def named(uid: int) -> str:
    """``login(uid)``, as whoever is refused something is called."""
    return f"{login_of(uid)}({uid})"


def login_of(uid: int) -> str:
    """The login name of a user, ``unknown`` for one who has none."""
    try:
        return getpwuid(uid).pw_name
    except KeyError:
        return "unknown"
