"""Whom a worker becomes: uid, gid and supplementary groups, and nothing else."""

import grp
import os
import pwd
from typing import NamedTuple


class Identity(NamedTuple):
    """Numbers only, so that a worker needs no name service."""

    uid: int
    gid: int
    groups: tuple[int, ...] = ()


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


def become(identity: Identity) -> None:
    """Give up every right but this user's, for good; raises OSError or PermissionError.

    A service that runs as the only owner of all mailboxes is that user already.
    """
    if (os.getuid(), os.getgid()) == (identity.uid, identity.gid) != (0, 0):
        return
    os.setgroups(identity.groups)
    os.setresgid(identity.gid, identity.gid, identity.gid)
    os.setresuid(identity.uid, identity.uid, identity.uid)
