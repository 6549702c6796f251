"""The message that is reported on: as much of it as the report may carry."""

import os
import re
from typing import Final, NamedTuple

from postroom.contracts.bounce import Kind, Tell
from postroom.ipc.contract import BrokenContract
from postroom.mail.header import scan

# Of a header that is returned alone; a longer one is cut at the end of a field.
MAX_HEADER: Final = 65_536
# RFC 5322 section 3.6.4, less strict; a line has up to 998 characters.
_MESSAGE_ID: Final = re.compile(rb"<[!-;=?-~]{1,900}>")


class Original(NamedTuple):
    """Text in wire form; ``complete`` says whether it is the message or its header only."""

    text: bytes
    complete: bool

    def header(self) -> "Original":
        """The header alone, for those who need not read other people's mail."""
        return Original(self.text[: scan(self.text).end], False)

    def message_id(self) -> str:
        """The value of its Message-ID field if it is one that a report may repeat, or empty."""
        field = scan(self.text).first(b"message-id")
        value = b"" if field is None else field.text(self.text)
        return value.decode() if _MESSAGE_ID.fullmatch(value) else ""


def read_original(question: Tell, descriptors: list[int], limit: int) -> Original:
    """The message, or its header if that was asked for, or is all that fits bounce_size_limit.

    Raises BrokenContract if it came neither in the frame nor as one descriptor, OSError if it
    cannot be read.
    """
    inline = question.content
    if (inline is None) != (len(descriptors) == 1) or len(descriptors) > 1:
        raise BrokenContract("bounce: the content comes in the frame, or as one descriptor")
    size = question.size if inline is None else len(inline)
    complete = wants_full(question) and size <= limit
    wanted = size if complete else min(size, MAX_HEADER)
    text = inline[:wanted] if inline is not None else _read(descriptors[0], question, wanted)
    return Original(text, True) if complete else Original(text, False).header()


def wants_full(question: Tell) -> bool:
    """RFC 3461 section 4.3: RET tells about failures, all other reports carry the header."""
    return question.kind is Kind.FAILURE and question.envelope.ret != "HDRS"


def _read(descriptor: int, question: Tell, wanted: int) -> bytes:
    pieces = []
    position, rest = question.offset, wanted
    while rest > 0 and (piece := os.pread(descriptor, rest, position)):
        pieces.append(piece)
        position += len(piece)
        rest -= len(piece)
    return b"".join(pieces)
