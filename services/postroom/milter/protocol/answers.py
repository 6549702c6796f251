"""What a filter says, as values: verdicts, which settle an event, and changes of the message."""

import re
import struct
from collections.abc import Callable
from enum import Enum
from typing import NamedTuple

from postroom.mail.address import is_safe
from postroom.mail.envelope import MAX_ADDRESS
from postroom.milter.protocol.numbers import Answer
from postroom.milter.protocol.packets import LENGTH, BadPacket, split_texts

# A reply of the filter's own (RFC 5321 section 4.2, RFC 3463).
_STATUS = r"[245]\.[0-9]{1,3}\.[0-9]{1,3}"
_REPLY = re.compile(rf"([45][0-9]{{2}})[- ](?:({_STATUS})(?: |\Z))?(.*)")
# What stands before the text of its further lines.
_BEFORE_TEXT = re.compile(rf"(?:[0-9]{{3}}(?:[- ]|\Z))?(?:{_STATUS}(?: |\Z))?")
# smfi_setreply(3): a percent sign is two.
_ESCAPED = re.compile(r"%(.)")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_CONTROLS = dict.fromkeys((*range(32), 127), "?")
# As much of a reply, or of a reason, as anybody reads (contracts/milter).
_MAX_TEXT = 4000


class BadReply(BadPacket):
    """A filter's own reply is none that SMTP allows."""


class Word(Enum):
    """A verdict that has no more to it."""

    CONTINUE = "nothing to say against it"
    SKIP = "no more of this kind, please"
    ACCEPT = "nothing more of this message, or of this session"
    DISCARD = "take the message and throw it away"


class Reject(NamedTuple):
    """The client gets this reply: ``code`` is SMTP's, ``status`` RFC 3463's; ``text`` may have
    several lines, parted by LF."""

    code: int
    status: str
    text: str


class AddHeader(NamedTuple):
    """One more field behind the others, or with ``above`` as many of them above it."""

    name: bytes
    value: bytes
    above: int | None = None


class ChangeHeader(NamedTuple):
    """Another value for the ``nth`` field of this name, from 1; none removes the field."""

    nth: int
    name: bytes
    value: bytes


class AddRecipient(NamedTuple):
    address: str


class DeleteRecipient(NamedTuple):
    address: str


class ChangeSender(NamedTuple):
    address: str


class Quarantine(NamedTuple):
    """Keep the message in the hold queue."""

    reason: str


class ReplaceBody(NamedTuple):
    """A piece of the new body."""

    data: bytes


Verdict = Word | Reject
Change = (
    AddHeader
    | ChangeHeader
    | AddRecipient
    | DeleteRecipient
    | ChangeSender
    | Quarantine
    | ReplaceBody
)

REJECT = Reject(550, "5.7.1", "Command rejected")
TRY_LATER = Reject(451, "4.7.1", "Service unavailable - try again later")
# Of a filter that is not what the admin thinks.
MISCONFIGURED = Reject(451, "4.3.5", "Server configuration problem - try again later")
SHUTDOWN = Reject(421, "4.7.0", "Service unavailable - try again later")


def read(code: bytes, data: bytes) -> Verdict | Change | None:
    """The value of one packet, None for a sign of work; raises BadPacket."""
    try:
        answer = Answer(code)
    except ValueError:
        raise BadPacket(f"an answer {code!r} that there is not") from None
    maker = _READERS.get(answer)
    if maker is None:
        raise BadPacket(f"an answer {answer.name} where there may be none")
    try:
        return maker(data)
    except (IndexError, ValueError, struct.error):
        raise BadPacket(f"a malformed answer {answer.name}") from None


def _reply(data: bytes) -> Reject:
    """RFC 5321 section 4.2.1: all lines of a reply have the same code. One that should go on
    and does not ends there."""
    whole = _text(split_texts(data)[0])
    text = _ESCAPED.sub(r"\1", whole)
    first, *rest = (line.translate(_CONTROLS) for line in _LINE_ENDS.split(text))
    match = _REPLY.fullmatch(first)
    if match is None or (match[2] and match[2][0] != match[1][0]) or not (match[2] or match[3]):
        raise BadReply(f"malformed reply: {whole}")
    lines = [match[3], *(line[_end_of_prefix(line) :] for line in rest)]
    return Reject(int(match[1]), match[2] or f"{match[1][0]}.0.0", "\n".join(lines)[:_MAX_TEXT])


def _end_of_prefix(line: str) -> int:
    found = _BEFORE_TEXT.match(line)
    return found.end() if found else 0


def _quarantine(data: bytes) -> Quarantine:
    return Quarantine(_text(split_texts(data)[0]).translate(_CONTROLS)[:_MAX_TEXT])


def _added(data: bytes) -> AddHeader:
    name, value, *_ = split_texts(data)
    return AddHeader(_field_name(name), value)


def _inserted(data: bytes) -> AddHeader:
    (above,) = LENGTH.unpack_from(data)
    return _added(data[LENGTH.size :])._replace(above=above)


def _changed(data: bytes) -> ChangeHeader:
    (nth,) = LENGTH.unpack_from(data)
    name, value, *_ = split_texts(data[LENGTH.size :])
    return ChangeHeader(nth, _field_name(name), value)


def _field_name(name: bytes) -> bytes:
    """RFC 5322 section 2.2: printable, and no colon."""
    if not name or any(not 33 <= byte <= 126 or byte == 58 for byte in name):
        raise ValueError(name)
    return name


def _address(data: bytes) -> str:
    """An address in its brackets, or without them; parameters behind it are not used."""
    address = _text(split_texts(data)[0])
    if address.startswith("<") and address.endswith(">"):
        address = address[1:-1]
    if len(address) > MAX_ADDRESS or not is_safe(address):
        raise ValueError(address)
    return address


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


_READERS: dict[Answer, Callable[[bytes], Verdict | Change | None]] = {
    Answer.CONTINUE: lambda _: Word.CONTINUE,
    Answer.PROGRESS: lambda _: None,
    Answer.SKIP: lambda _: Word.SKIP,
    Answer.ACCEPT: lambda _: Word.ACCEPT,
    Answer.DISCARD: lambda _: Word.DISCARD,
    Answer.REJECT: lambda _: REJECT,
    Answer.TRY_LATER: lambda _: TRY_LATER,
    Answer.CONNECTION_FAILED: lambda _: TRY_LATER,
    Answer.SHUTDOWN: lambda _: SHUTDOWN,
    Answer.REPLY: _reply,
    Answer.ADD_HEADER: _added,
    Answer.INSERT_HEADER: _inserted,
    Answer.CHANGE_HEADER: _changed,
    Answer.ADD_RECIPIENT: lambda data: AddRecipient(_address(data)),
    Answer.ADD_RECIPIENT_WITH_PARAMETERS: lambda data: AddRecipient(_address(data)),
    Answer.DELETE_RECIPIENT: lambda data: DeleteRecipient(_address(data)),
    Answer.CHANGE_SENDER: lambda data: ChangeSender(_address(data)),
    Answer.QUARANTINE: _quarantine,
    Answer.REPLACE_BODY: ReplaceBody,
}
