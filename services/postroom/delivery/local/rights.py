"""With whose rights the files and commands of a list work, and where the list was written."""

import pwd
from typing import NamedTuple

from postroom.delivery.impersonation.identity import Identity, UnknownUser, identity_of, named
from postroom.delivery.local.users import User


class Rights(NamedTuple):
    """``identity`` None stands for ``default_privs``; ``user`` is whose home commands see;
    ``origin`` is alias, forward or include (postconf(5), allow_mail_to_commands)."""

    identity: Identity | None
    user: User | None
    origin: str


class NoDefault(Exception):
    """``default_privs`` is nobody who can have files and commands."""


def default_rights(name: str) -> Identity:
    """Those of ``default_privs``; raises NoDefault, also where that has come to be root."""
    try:
        identity = named(name)
    except UnknownUser:
        raise NoDefault(f"unknown default_privs user: {name}") from None
    if 0 in (identity.uid, identity.gid):
        raise NoDefault(f"default_privs user is root: {name}")
    return identity


def rights_of_forward(user: User) -> Rights:
    """Nothing runs as root: what root's file names has the rights of default_privs."""
    return Rights(None if user.is_root else user.identity, user, "forward")


def rights_of_table(owner: int) -> Rights:
    """A table of root's gives nobody's rights; raises UnknownUser for a uid without a name."""
    return Rights(identity_of_uid(owner) if owner else None, None, "alias")


def identity_of_uid(uid: int) -> Identity:
    """The rights of a login by its number; raises UnknownUser."""
    try:
        return identity_of(pwd.getpwuid(uid))
    except KeyError:
        raise UnknownUser(f"uid {uid}") from None
