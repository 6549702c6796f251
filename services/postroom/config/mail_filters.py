"""Mail filters as main.cf names them (smtpd_milters): an address, and options of its own."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from postroom.config.braces import split_words, unbraced
from postroom.config.kinds import Time

ACTIONS = ("accept", "reject", "tempfail", "quarantine", "shutdown")
"""What may be done when a filter cannot be asked (postconf(5), milter_default_action)."""

VERSIONS = frozenset((2, 3, 4, 6))
"""Versions of the protocol that filters speak."""


class BadFilter(ValueError):
    """No filter; the message says why, for the reader of main.cf."""


class MailFilter(NamedTuple):
    """Where a filter listens: ``path`` of its socket, or ``host`` and ``port``.

    ``options`` stand in braces behind it, and take the place of parameters ``milter_…``.
    """

    name: str
    path: str = ""
    host: str = ""
    port: int = 0
    options: Mapping[str, float | int | str] = {}


def parse_filter(word: str, directory: str) -> MailFilter:
    """A word of smtpd_milters; relative paths begin in ``directory``. Raises BadFilter."""
    if not word.startswith("{"):
        return _at(word, directory)
    name, *options = split_words(unbraced(word)) or [""]
    return _at(name, directory)._replace(options=dict(map(_option, options)))


def _at(name: str, directory: str) -> MailFilter:
    kind, _, place = name.partition(":")
    if kind in ("unix", "local") and place:
        return MailFilter(name, path=place if place.startswith("/") else f"{directory}/{place}")
    if kind in ("inet", "inet6"):
        # Sendmail writes the port first.
        port, at, host = place.rpartition("@") if "@" in place else place.rpartition(":")[::-1]
        if at and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536:
            return MailFilter(name, host=host.strip("[]"), port=int(port))
    raise BadFilter(f'"{name}" is no filter: it needs the form unix:path or inet:host:port')


def _option(text: str) -> tuple[str, float | int | str]:
    name, equals, value = text.partition("=")
    read = _OPTIONS.get(name)
    if read is None or not equals:
        raise BadFilter(f'"{text}" is no option of a filter; there are {", ".join(_OPTIONS)}')
    try:
        return name, read(value)
    except ValueError as error:
        raise BadFilter(f"{name}: {error}") from None


def _action(text: str) -> str:
    if text not in ACTIONS:
        raise ValueError(f'wants one of {", ".join(ACTIONS)}, not "{text}"')
    return text


def _version(text: str) -> int:
    if not text.isdigit() or int(text) not in VERSIONS:
        raise ValueError(f'there is no version "{text}"')
    return int(text)


_OPTIONS: Mapping[str, Callable[[str], float | int | str]] = {
    "command_timeout": Time("s", 1).value,
    "connect_timeout": Time("s", 1).value,
    "content_timeout": Time("s", 1).value,
    "default_action": _action,
    "protocol": _version,
}
