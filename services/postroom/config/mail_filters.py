"""Mail filters as main.cf names them (smtpd_milters): an address, and options of its own."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from postroom.config.braces import split_words, unbraced
from postroom.config.endpoint import BadEndpoint, Endpoint, endpoint
from postroom.config.kinds import Time

ACTIONS = ("accept", "reject", "tempfail", "quarantine", "shutdown")
"""What may be done when a filter cannot be asked (postconf(5), milter_default_action)."""

VERSIONS = frozenset((2, 3, 4, 6))
"""Versions of the protocol that filters speak."""


class BadFilter(ValueError):
    """No filter; the message says why, for the reader of main.cf."""


class MailFilter(NamedTuple):
    """Where a filter listens. ``options`` stand in braces behind that, and take the place of
    parameters ``milter_…``."""

    at: Endpoint
    options: Mapping[str, float | int | str] = {}


def parse_filter(word: str, directory: str) -> MailFilter:
    """A word of smtpd_milters; relative paths begin in ``directory``. Raises BadFilter."""
    name, *options = split_words(unbraced(word)) if word.startswith("{") else [word]
    try:
        return MailFilter(endpoint(name, directory), dict(map(_option, options)))
    except BadEndpoint as error:
        raise BadFilter(str(error)) from None


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
