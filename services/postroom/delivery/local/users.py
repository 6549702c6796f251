"""Users of this machine by name; who was found a moment ago is not looked up again."""

import asyncio
import pwd
from collections.abc import Callable
from typing import NamedTuple

from postroom.delivery.impersonation.identity import Identity, identity_of

# A burst of mail for one user asks once: with a directory server, or only with nss-systemd,
# this takes longer than the delivery. That there is no such user is not kept.
KEEP_SECONDS = 5.0
MAX_KEPT = 1000


class User(NamedTuple):
    """A line of passwd(5), and the rights it gives."""

    name: str
    home: str
    shell: str
    identity: Identity

    @property
    def is_root(self) -> bool:
        return self.identity.uid == 0


class Users:
    """``look_up`` may block, as getpwnam(3) does with a directory server behind it."""

    def __init__(self, look_up: "Callable[[str], User | None] | None" = None) -> None:
        self._look_up = look_up or user_of
        self._kept: dict[str, tuple[float, User]] = {}

    async def find(self, name: str) -> User | None:
        """The user called ``name``, in this or in lower case; None if there is none."""
        now = asyncio.get_running_loop().time()
        kept = self._kept.get(name)
        if kept is not None and now < kept[0]:
            return kept[1]
        user = await asyncio.to_thread(self._look_up, name)
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        if user is not None:
            self._kept[name] = (now + KEEP_SECONDS, user)
        return user


def user_of(name: str) -> User | None:
    for spelling in (name, name.lower()):
        try:
            entry = pwd.getpwnam(spelling)
        except (KeyError, ValueError):
            continue
        shell = entry.pw_shell or "/bin/sh"
        return User(entry.pw_name, _rooted(entry.pw_dir), shell, identity_of(entry))
    return None


def _rooted(home: str) -> str:
    """Of those who have none, directory servers say "none" or nothing."""
    return home if home.startswith("/") else f"/{home}"
