"""Packets to a filter, and the framing of those that come back."""

import struct
from collections.abc import Mapping

from postroom.milter.protocol.numbers import MAX_PACKET, Action, Event, Step

LENGTH = struct.Struct(">I")
_OPTIONS = struct.Struct(">III")
_PORT = struct.Struct(">H")


class BadPacket(Exception):
    """A filter said what the protocol does not allow; the message says what."""


def packet(event: Event, data: bytes = b"") -> bytes:
    return b"".join((LENGTH.pack(len(data) + 1), event.value, data))


def options(version: int, actions: Action, steps: Step) -> bytes:
    """What we can do, to be answered with what the filter will use of it."""
    return packet(Event.OPTIONS, _OPTIONS.pack(version, actions, steps))


def connect(name: str, address: str, port: int) -> bytes:
    """Who is there; an ``address`` that is none is told as unknown."""
    if ":" in address:
        family = b"6"
    elif address.replace(".", "").isdigit():
        family = b"4"
    else:
        return packet(Event.CONNECT, _text(name) + b"U")
    where = family + _PORT.pack(port & 0xFFFF) + _text(address)
    return packet(Event.CONNECT, _text(name) + where)


def texts(event: Event, *words: str) -> bytes:
    """An event with words: HELO's name, an address and its parameters, an unknown command."""
    return packet(event, b"".join(map(_text, words)))


def header(name: bytes, value: bytes) -> bytes:
    return packet(Event.HEADER, b"".join((name, b"\0", value, b"\0")))


def macros(event: Event, values: Mapping[str, str]) -> bytes:
    """The macros that go before an event."""
    pairs = (word for pair in values.items() for word in pair)
    return packet(Event.MACRO, event.value + b"".join(map(_text, pairs)))


def length_of(head: bytes) -> int:
    """How many bytes follow the first four of a packet; raises BadPacket."""
    (length,) = LENGTH.unpack(head)
    if not 0 < length <= MAX_PACKET:
        raise BadPacket(f"a packet of {length} bytes")
    return int(length)


def split_texts(data: bytes) -> list[bytes]:
    """Texts, each of which ends with NUL; raises BadPacket."""
    if not data.endswith(b"\0"):
        raise BadPacket("a text without end")
    return data[:-1].split(b"\0")


def split_options(data: bytes) -> tuple[int, Action, Step, dict[int, list[str]]]:
    """Version, actions, steps, and the macros a filter named by stage; raises BadPacket."""
    if len(data) < _OPTIONS.size:
        raise BadPacket("an answer to the options that is too short")
    version, actions, steps = _OPTIONS.unpack_from(data)
    wanted: dict[int, list[str]] = {}
    rest = data[_OPTIONS.size :]
    while rest:
        if len(rest) <= LENGTH.size:
            raise BadPacket("a list of macros that is cut off")
        (stage,) = LENGTH.unpack_from(rest)
        names, end, rest = rest[LENGTH.size :].partition(b"\0")
        if not end:
            raise BadPacket("a list of macros without end")
        wanted[stage] = names.decode("ascii", "replace").replace(",", " ").split()
    return version, Action(actions), Step(steps), wanted


def _text(word: str) -> bytes:
    return word.replace("\0", "").encode("utf-8", "surrogateescape") + b"\0"
