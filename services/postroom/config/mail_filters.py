"""Mail filters as main.cf names them (smtpd_milters): an address, and options of its own."""

from collections.abc import Collection

from postroom.config.kinds import Time
from postroom.config.server import Options, Server, parse_server

ACTIONS = ("accept", "reject", "tempfail", "quarantine", "shutdown")
"""What may be done when a filter cannot be asked (postconf(5), milter_default_action)."""

VERSIONS = frozenset((2, 3, 4, 6))
"""Versions of the protocol that filters speak."""


def parse_filter(word: str, directory: str, known_ports: Collection[str]) -> Server:
    """A word of smtpd_milters, whose options are parameters ``milter_…``; raises BadServer."""
    return parse_server(word, directory, known_ports, _OPTIONS)


def _action(text: str) -> str:
    if text not in ACTIONS:
        raise ValueError(f'wants one of {", ".join(ACTIONS)}, not "{text}"')
    return text


def _version(text: str) -> int:
    if not text.isdigit() or int(text) not in VERSIONS:
        raise ValueError(f'there is no version "{text}"')
    return int(text)


_OPTIONS: Options = {
    "command_timeout": Time("s", 1).value,
    "connect_timeout": Time("s", 1).value,
    "content_timeout": Time("s", 1).value,
    "default_action": _action,
    "protocol": _version,
}
