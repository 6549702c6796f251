"""Who may list or flush the queue (main.cf: authorized_mailq_users, authorized_flush_users)."""

import os
from pathlib import Path

# What main.cf has by default; only something else is worth reading any more of it.
_ANYONE = ("static:anyone",)


def allowed(parameter: str) -> bool:
    """Whether the calling user is on the list; the superuser always is.

    A list or configuration that cannot be read allows nobody else.
    """
    uid = os.getuid()
    if uid == 0:
        return True
    # These cost more than the rest of the command, and the superuser needs none of them.
    from postroom.config.configuration import DEFAULT_DIRECTORY, load  # noqa: PLC0415
    from postroom.config.problem import ConfigError  # noqa: PLC0415

    try:
        users = load(Path(os.environ.get("MAIL_CONFIG", DEFAULT_DIRECTORY))).typed(parameter)
    except ConfigError:
        return False
    assert isinstance(users, tuple)
    return users == _ANYONE or _is_listed(login_of(uid), users)


def login_of(uid: int) -> str:
    """The login name of a user, ``unknown`` for one who has none."""
    from pwd import getpwuid  # noqa: PLC0415

    try:
        return getpwuid(uid).pw_name
    except KeyError:
        return "unknown"


def _is_listed(login: str, users: tuple[str, ...]) -> bool:
    from postroom.tables.match_list import StringList  # noqa: PLC0415
    from postroom.tables.table import TableError  # noqa: PLC0415

    try:
        return StringList(users).match(login)
    except TableError:
        return False
