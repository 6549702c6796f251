"""Whose rights commands have: neither root's nor the mail system's."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress

from postroom.config import accounts
from postroom.config.accounts import entries
from postroom.config.judgement.written import written, written_or_default
from postroom.config.lookup import Lookup
from postroom.config.master_cf import ServiceLine
from postroom.config.own_places import belongs_to_postfix
from postroom.config.pipe_command import BadCommand, PipeCommand, parse_pipe_command
from postroom.config.problem import Problem, Severity
from postroom.config.spawn_command import SpawnCommand, parse_spawn_command

_PARSERS: Mapping[str, Callable[[Iterable[str]], PipeCommand | SpawnCommand]] = {
    "pipe": parse_pipe_command,
    "spawn": parse_spawn_command,
}
# Where main.cf has names for users and groups of the mail system besides our own.
_OWNERS = ("mail_owner", "setgid_group")


def powerful_commands(lookup: Lookup) -> Iterator[Problem]:
    """Postfix's programs refuse to work with such users (postconf(5), default_privs; pipe(8))."""
    owners = tuple(map(lookup.text, _OWNERS))
    for one in written_or_default(lookup, "default_privs"):
        user = lookup.text(one.name, one.overrides)
        reason = _too_powerful(user, "", owners)
        if reason:
            yield one.error(f"{user}: {reason}")
    for service, command in commands(lookup):
        reason = _too_powerful(command.user, command.group, owners)
        if reason:
            whom = f"{command.user}:{command.group}".rstrip(":")
            text = f"{service.name}: user={whom}: {reason}"
            yield Problem(Severity.ERROR, lookup.master.path, service.line, text)


def unfit_owner(lookup: Lookup) -> Iterator[Problem]:
    """A mail_owner that Postfix refuses, too; its own account stands for ours."""
    users = entries(accounts.USERS)
    for one in written(lookup):
        if one.name != "mail_owner":
            continue
        owner = lookup.text(one.name, one.overrides)
        if belongs_to_postfix(owner):
            continue
        number = _number(users, owner)
        same = [name for name in users if name != owner and _number(users, name) == number]
        if number == "0":
            yield one.error(f"{owner}: the mail system is not root's")
        elif owner not in users:
            yield one.error(f"{owner}: there is no such user")
        elif same:
            yield one.error(f"{owner}: {same[0]} is the same user")


def commands(lookup: Lookup) -> Iterator[tuple[ServiceLine, PipeCommand | SpawnCommand]]:
    """What the lines of master.cf run; the generator complains about those that are no commands."""
    for service in lookup.services:
        with suppress(KeyError, BadCommand):
            yield service, _PARSERS[service.program](service.arguments)


def _too_powerful(user: str, group: str, owners: tuple[str, ...]) -> str:
    """Why no command may run as this user and group, or as the user with its own; empty if it may.

    Names of the same number are the same user.
    """
    users, groups = entries(accounts.USERS), entries(accounts.GROUPS)
    own_group = users[user][3] if user in users else ""
    uid, gid = _number(users, user), _number(groups, group) if group else own_group
    ours = [name for name in (*users, *groups, user, group) if _is_ours(name) or name in owners]
    if uid == "0":
        return "commands do not run as root"
    if gid == "0":
        return "commands do not run with the group of root"
    if user in ours or uid in (_number(users, name) for name in ours if name in users):
        return "commands do not run as the mail system"
    if group in ours or gid in (_number(groups, name) for name in ours if name in groups):
        return "commands do not run with a group of the mail system"
    return ""


def _number(known: dict[str, list[str]], name: str) -> str:
    """What stands in passwd(5) and group(5) behind the password."""
    return known[name][2] if name in known else name


def _is_ours(name: str) -> bool:
    """As packaging/sysusers.d and the units have them."""
    return name == "postroom" or name.startswith(("postroom-", "_postroom-"))
