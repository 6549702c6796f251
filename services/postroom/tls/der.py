"""The distinguished encoding rules of ASN.1 (X.690), as far as certificates take them."""

from collections.abc import Iterator
from typing import NamedTuple


class Element(NamedTuple):
    """``encoded`` is all of it: tag, length and content."""

    tag: int
    content: bytes
    encoded: bytes


def elements(der: bytes) -> Iterator[Element]:
    """The elements of a sequence; raises IndexError where one is cut off."""
    at = 0
    while at < len(der):
        tag, length, begin = der[at], der[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[begin : begin + size])
            begin += size
        end = begin + length
        if end > len(der):
            raise IndexError("an element is longer than what holds it")
        yield Element(tag, der[begin:end], der[at:end])
        at = end


def element(der: bytes) -> Element:
    """The first element."""
    return next(elements(der))
