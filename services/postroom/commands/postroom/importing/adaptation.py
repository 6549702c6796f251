"""main.cf and master.cf of a Postfix as they have to be here; every line keeps its number."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from postroom.config.configuration import Configuration
from postroom.config.edit import comment_out, parameter_key
from postroom.config.judgement.written import written
from postroom.config.parameter import Accepted
from postroom.config.parameters import declaration

QUEUE_DIRECTORY = "/var/spool/postfix"
"""Postfix's default, where relative paths of sockets begin."""

_QUEUE = "queue_directory"

OF_POSTFIX = frozenset(
    (
        *("command_directory", "config_directory", "daemon_directory", "data_directory"),
        *("html_directory", "mail_owner", "mailq_path", "manpage_directory", "meta_directory"),
        *("newaliases_path", "process_id_directory", "queue_directory", "readme_directory"),
        *("sample_directory", "sendmail_path", "setgid_group", "shlib_directory"),
    )
)
"""Where Postfix itself is installed, and as whom it runs."""

# Sockets of others. unix: is also the type of a table.
_SOCKET = re.compile(r"\b(unix|local):(?!(?:passwd|group)\.byname)(/?[^\s,{}]+)")
_CHROOT = re.compile(r"(\S+(?:\s+\S+){3}\s+)y(?=\s)")


class Change(NamedTuple):
    """A line that is not as it was; line 0 is a new one."""

    line: int
    text: str


class Adapted(NamedTuple):
    """The text of a file, and what is different in it."""

    text: str
    changes: tuple[Change, ...]


def adapt_main(text: str, postfix: Configuration) -> Adapted:
    """Parameters of Postfix's own installation become comments."""
    relative = any(_is_relative(value) for value in _values(postfix))
    gone = OF_POSTFIX & postfix.main.assignments.keys() - ({_QUEUE} if relative else set())
    changes = [_commented_out(postfix, name) for name in gone]
    adapted, moved = _out_of_chroot(comment_out(text, gone, parameter_key), postfix)
    if relative and _QUEUE not in postfix.main.assignments:
        adapted += f"\n# Where relative paths of sockets begin.\n{_QUEUE} = {QUEUE_DIRECTORY}\n"
        told = f"{_QUEUE} = {QUEUE_DIRECTORY} is new: paths of sockets begin there"
        changes.append(Change(0, told))
    return Adapted(adapted, tuple(sorted((*changes, *moved))))


def adapt_master(text: str, postfix: Configuration) -> Adapted:
    """The chroot column says n: each service has a sandbox instead."""
    lines = text.split("\n")
    places = [service.line - 1 for service in postfix.master.written if service.chroot]
    for at in places:
        lines[at] = _CHROOT.sub(r"\1n", lines[at], count=1)
    told = f"chroot is n for {len(places)} services: each has a sandbox of its own"
    adapted, moved = _out_of_chroot("\n".join(lines), postfix)
    return Adapted(adapted, (Change(0, told), *moved) if places else moved)


def _commented_out(postfix: Configuration, name: str) -> Change:
    parameter = declaration(name)
    status = parameter.status if parameter else None
    why = status.why if isinstance(status, Accepted) else "it was of Postfix's own installation."
    return Change(postfix.main.assignments[name].line, f"{name}: is a comment now: {why}")


def _queue_directory(postfix: Configuration) -> str:
    return postfix.text(_QUEUE) if _QUEUE in postfix.main.assignments else QUEUE_DIRECTORY


def _values(postfix: Configuration) -> Iterator[str]:
    for one in written(postfix):
        value = postfix.raw(one.name, one.overrides) or ""
        # smtpd_sasl_path and the like name a socket without saying so.
        yield f"unix:{value}" if one.name.endswith("_sasl_path") and "/" in value else value


def _is_relative(value: str) -> bool:
    return any(not match[2].startswith("/") for match in _SOCKET.finditer(value))


def _out_of_chroot(text: str, postfix: Configuration) -> tuple[str, tuple[Change, ...]]:
    """Sockets that a service named as it sees them from within its chroot."""
    if not any(service.chroot for service in postfix.services):
        return text, ()
    queue = Path(_queue_directory(postfix))
    changes: list[Change] = []
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if not line.startswith("#"):
            lines[number - 1] = _SOCKET.sub(lambda match: _outside(match, queue), line)
            if lines[number - 1] != line:
                changes.append(Change(number, f"sockets are below {queue}: {line.strip()}"))
    return "\n".join(lines), tuple(changes)


def _outside(match: re.Match[str], queue: Path) -> str:
    inside = Path(match[2])
    outside = queue / match[2].lstrip("/")
    if inside.is_absolute() and outside.exists() and not inside.exists():
        return f"{match[1]}:{outside}"
    return match[0]
