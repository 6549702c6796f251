"""Whom a worker becomes: uid, gid and supplementary groups, and what it sees as the root."""

import grp
import os
import pwd
from typing import NamedTuple


class Identity(NamedTuple):
    """Numbers only, so that a worker needs no name service.

    ``root`` is the directory that files are named from (chroot(2)); empty: the machine's.
    """

    uid: int
    gid: int
    groups: tuple[int, ...] = ()
    root: str = ""


class UnknownUser(Exception):
    """passwd(5) has no such name."""


def identity_of(entry: pwd.struct_passwd) -> Identity:
    """The rights of a login, its supplementary groups included."""
    groups = tuple(os.getgrouplist(entry.pw_name, entry.pw_gid))
    return Identity(entry.pw_uid, entry.pw_gid, groups)


def named(name: str) -> Identity:
    """The rights of a user by name; raises UnknownUser."""
    try:
        return identity_of(pwd.getpwnam(name))
    except KeyError:
        raise UnknownUser(name) from None


def with_group(identity: Identity, group: str) -> Identity:
    """The same user, allowed into one more group; raises KeyError if there is none."""
    gid = grp.getgrnam(group).gr_gid
    return identity._replace(groups=(*identity.groups, gid))


def open_root(identity: Identity) -> int | None:
    """The root of ``identity`` for ``become``, if it has one of its own; raises OSError."""
    if not identity.root:
        return None
    return os.open(identity.root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)


def become(identity: Identity, root: int | None = None) -> None:
    """Give up every right but this user's, for good; raises OSError or PermissionError.

    ``root`` is what ``open_root`` gave: nothing outside of it can be named from then on.
    A service that runs as the only owner of all mailboxes is that user already.
    """
    if root is not None:
        os.fchdir(root)
        os.chroot(".")
        os.close(root)
    if (os.getuid(), os.getgid()) == (identity.uid, identity.gid) != (0, 0):
        return
    os.setgroups(identity.groups)
    os.setresgid(identity.gid, identity.gid, identity.gid)
    os.setresuid(identity.uid, identity.uid, identity.uid)
