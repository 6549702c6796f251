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

    def resolved(self, default: str) -> Identity:
        """Raises UnknownUser, also where the name has come to be root's since it was checked."""
        if self.identity is not None:
            return self.identity
        identity = named(default)
        if 0 in (identity.uid, identity.gid):
            raise UnknownUser(f"{default} is root")
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
