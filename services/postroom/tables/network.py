"""Addresses and address blocks as cidr_table(5) and mynetworks write them."""

import socket
from typing import NamedTuple

# More than any length has, leading zeros included.
_DIGITS = 9
_BITS = {socket.AF_INET: 32, socket.AF_INET6: 128}


class Address(NamedTuple):
    family: int
    number: int


class Network(NamedTuple):
    """All addresses whose bits under ``mask`` are those of ``number``."""

    family: int
    number: int
    mask: int

    def holds(self, address: Address) -> bool:
        return address.family == self.family and address.number & self.mask == self.number


def parse_address(text: str) -> Address | None:
    """An IPv4 or IPv6 address; None for anything else, a zone id included."""
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    try:
        packed = socket.inet_pton(family, text)
    except (OSError, ValueError):
        return None
    return Address(family, int.from_bytes(packed, "big"))


def parse_network(text: str) -> Network:
    """``address``, ``[address]``, ``net/length`` or ``[net/length]``; raises ValueError.

    Brackets may also stand around the address alone, as in ``[2001:db8::]/32``.
    """
    bracketed = text.startswith("[") and text.count("]") == 1
    plain = text[1:].replace("]", "") if bracketed else text
    host, slash, length_text = plain.partition("/")
    address = parse_address(host)
    if slash and not (length_text.isascii() and length_text.isdigit()):
        raise ValueError(f'bad mask value in "{text}"')
    if address is None:
        raise ValueError(f'bad network value in "{text}"' if slash else _bad_address(text))
    bits = _BITS[socket.AddressFamily(address.family)]
    length = int(length_text[:_DIGITS]) if slash else bits
    if length > bits:
        raise ValueError(f'bad mask length in "{text}"')
    mask = (1 << bits) - (1 << (bits - length))
    if address.number & ~mask:
        raise ValueError(_host_bits(text, address, mask, length))
    return Network(address.family, address.number, mask)


def _bad_address(text: str) -> str:
    return f'bad address pattern: "{text}"'


def _host_bits(text: str, address: Address, mask: int, length: int) -> str:
    size = _BITS[socket.AddressFamily(address.family)] // 8
    packed = (address.number & mask).to_bytes(size, "big")
    network = socket.inet_ntop(address.family, packed)
    return (
        f'non-null host address bits in "{text}", '
        f'perhaps you should use "{network}/{length}" instead'
    )
