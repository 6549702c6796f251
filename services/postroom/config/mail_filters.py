"""Mail filters as main.cf names them (smtpd_milters): an address, and options of its own."""

from collections.abc import Collection
from typing import NamedTuple

from postroom.config.kinds import Kind, Time, Words
from postroom.config.server import Options, Server, parse_server

ACTIONS = ("accept", "reject", "tempfail", "quarantine", "shutdown")
"""What may be done when a filter cannot be asked (postconf(5), milter_default_action)."""

# Of the protocol that filters speak.
_VERSIONS = ("2", "3", "4", "6")
_SILENT_HEADER = "no_header_reply"
_PROTOCOL = Words(*_VERSIONS, _SILENT_HEADER)


class Protocol(NamedTuple):
    """What a filter speaks. ``silent_header``: though its version has no such thing, it may leave
    fields of a header unanswered, if it says so."""

    version: int
    silent_header: bool = False


def parse_protocol(text: str) -> Protocol:
    """``6`` or ``2, no_header_reply``; raises ValueError."""
    words = _PROTOCOL.value(text)
    versions = {word for word in words if word in _VERSIONS}
    if len(versions) != 1:
        raise ValueError(f'wants one of the versions {", ".join(_VERSIONS)}, not "{text}"')
    return Protocol(int(versions.pop()), _SILENT_HEADER in words)


class ProtocolText(Kind):
    """The protocol of filters that have no other."""

    name = "protocol"

    def value(self, text: str) -> str:
        parse_protocol(text)
        return text


def parse_filter(word: str, directory: str, known_ports: Collection[str]) -> Server:
    """A word of smtpd_milters, whose options are parameters ``milter_…``; raises BadServer."""
    return parse_server(word, directory, known_ports, _OPTIONS)


def _action(text: str) -> str:
    if text not in ACTIONS:
        raise ValueError(f'wants one of {", ".join(ACTIONS)}, not "{text}"')
    return text


_OPTIONS: Options = {
    "command_timeout": Time("s", 1).value,
    "connect_timeout": Time("s", 1).value,
    "content_timeout": Time("s", 1).value,
    "default_action": _action,
    "protocol": parse_protocol,
}
