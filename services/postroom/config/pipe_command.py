"""The command attributes of a pipe(8) line in master.cf: ``flags=… user=… argv=…``."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from postroom.config.escapes import unescaped
from postroom.config.expansion import ExpansionError
from postroom.config.references import check_syntax

# What one argument becomes once for each recipient.
RECIPIENT_MACROS = frozenset(
    ("domain", "extension", "mailbox", "original_recipient", "recipient", "user")
)
MESSAGE_MACROS = frozenset(
    (
        *("client_address", "client_helo", "client_hostname", "client_port", "client_protocol"),
        *("envid", "nexthop", "queue_id", "sasl_method", "sasl_sender", "sasl_username"),
        *("sender", "size"),
    )
)
FLAGS = frozenset("BDFORXhqu.>")
_MACRO = re.compile(r"\$(?:\$|[({]?(\w+))")


class BadCommand(ValueError):
    """The attributes are none; the message says which, for the reader of master.cf."""


class PipeCommand(NamedTuple):
    """What to run, as whom, and how the message is written to its standard input."""

    user: str
    argv: tuple[str, ...]
    group: str = ""
    flags: frozenset[str] = frozenset()
    # The directory that the command sees as the root; empty: that of the machine.
    chroot: str = ""
    directory: str = "/"
    line_end: bytes = b"\n"
    null_sender: str = "MAILER-DAEMON"
    # Octets; 0 is no limit.
    size_limit: int = 0


def parse_pipe_command(arguments: Iterable[str]) -> PipeCommand:
    """The command of a service's ``arguments``; raises BadCommand."""
    rest = iter(arguments)
    found: dict[str, Any] = {}
    for word in rest:
        name, equals, value = word.partition("=")
        if name == "argv" and equals:
            found["argv"] = argv_of(value, rest)
        elif name in _ATTRIBUTES and equals:
            found.update(_ATTRIBUTES[name](value))
        elif not word.startswith("-"):
            raise BadCommand(f"unknown attribute: {word}")
    for name in ("user", "argv"):
        if not found.get(name):
            raise BadCommand(f"missing {name}= attribute")
    _check_macros(found["argv"])
    return PipeCommand(**found)


def macros_in(argument: str) -> frozenset[str]:
    """The names that are expanded in one argument."""
    return frozenset(name for name in _MACRO.findall(argument) if name)


def _check_macros(argv: tuple[str, ...]) -> None:
    for argument in argv:
        for name in macros_in(argument) - RECIPIENT_MACROS - MESSAGE_MACROS:
            raise BadCommand(f"unknown macro in argv=: ${name}")
        try:
            check_syntax(argument)
        except ExpansionError as error:
            raise BadCommand(f"argv=: {error}") from None


def argv_of(first: str, rest: Iterable[str]) -> tuple[str, ...]:
    """What stands behind ``argv=``, at once or behind a blank; an argument may well be empty."""
    return (first, *rest) if first else tuple(rest)


def user_and_group(value: str) -> tuple[str, str]:
    """``name`` or ``name:group``."""
    user, _, group = value.partition(":")
    return user, group


def _flags(value: str) -> Mapping[str, object]:
    unknown = set(value) - FLAGS
    if unknown:
        raise BadCommand(f"unknown flag: {min(unknown)}")
    return {"flags": frozenset(value)}


def _absolute(attribute: str) -> Callable[[str], Mapping[str, object]]:
    def parse(value: str) -> Mapping[str, object]:
        if not value.startswith("/"):
            raise BadCommand(f"{attribute}={value} is no absolute path")
        return {attribute: value}

    return parse


def _size(value: str) -> Mapping[str, object]:
    if not value.isascii() or not value.isdigit():
        raise BadCommand(f"size={value} is no number")
    return {"size_limit": int(value)}


def _line_end(value: str) -> Mapping[str, object]:
    return {"line_end": unescaped(value).encode("latin-1", "replace")}


_ATTRIBUTES: Mapping[str, Callable[[str], Mapping[str, object]]] = {
    "chroot": _absolute("chroot"),
    "directory": _absolute("directory"),
    "eol": _line_end,
    "flags": _flags,
    "null_sender": lambda value: {"null_sender": value},
    "size": _size,
    "user": lambda value: dict(zip(("user", "group"), user_and_group(value), strict=True)),
}
