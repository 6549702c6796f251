"""Users and groups that commands are to run as, and that there are none of."""

import grp
import pwd
from collections.abc import Callable, Iterator

from postroom.config.judgement.privileges import commands
from postroom.config.judgement.written import written_or_default
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem, Severity


def unknown(lookup: Lookup) -> Iterator[Problem]:
    """Mail for their commands would wait."""
    for one in written_or_default(lookup, "default_privs"):
        user = lookup.text(one.name, one.overrides)
        if _is_missing(pwd.getpwnam, user):
            yield one.warning(f"there is no user {user}")
    for service, command in commands(lookup):
        for what, find, name in (
            ("user", pwd.getpwnam, command.user),
            ("group", grp.getgrnam, command.group),
        ):
            if name and _is_missing(find, name):
                text = f"{service.name}: there is no {what} {name}; nothing is run"
                yield Problem(Severity.WARNING, lookup.master.path, service.line, text)


def _is_missing(find: Callable[[str], object], name: str) -> bool:
    try:
        find(name)
    except KeyError:
        return True
    return False
