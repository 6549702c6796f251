"""Read the journal after a crash: which messages have no result yet.

Needs nothing but the segments. What does not verify is reported and stepped over; of the last
batch, which may have been on its way to the disk when the machine stopped, nothing was promised.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import islice
from typing import NamedTuple

import msgspec

from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import format_queue_id
from postroom.spool.message_record import content_of, decode_envelope
from postroom.spool.place import Place
from postroom.spool.record import (
    HEADER_SIZE,
    Corrupt,
    Kind,
    NewerFormat,
    Readable,
    Record,
    check_version,
    generation_at,
    scan,
)
from postroom.spool.segment import Segment, filler

# Messages that are done and remembered all the same: who brought them may have been killed at the
# same moment, and brings them again in a second.
MAX_FINISHED = 5000
_done_decoder = msgspec.msgpack.Decoder(tuple[int, ...])


class Survivor(NamedTuple):
    """A message that is still to be delivered to those recipients that are not ``done``."""

    envelope: Envelope
    place: Place
    content_size: int
    done: frozenset[int]


class Damage(NamedTuple):
    """What does not verify: ``data`` from ``position`` on, of message ``name`` if it is known."""

    segment: Segment
    position: int
    name: str
    data: bytes
    why: str


class Recovered(NamedTuple):
    """Undone messages by number, the envelopes of those that may come again (the last of those that
    are done among them; without recipients), segments that bear another's name, and the highest
    number."""

    survivors: dict[int, Survivor]
    known: dict[int, Envelope]
    misnamed: list[Segment]
    highest: int


# Hears of each damage as it is found.
Spoiled = Callable[[Damage], None]


class _Found(NamedTuple):
    place: Place
    done: frozenset[int]


def recover(segments: Sequence[Segment], spoiled: Spoiled) -> Recovered:
    """Read every segment, the oldest first; raises NewerFormat."""
    found: dict[int, _Found] = {}
    done: dict[int, Place] = {}
    misnamed = []
    highest = 0
    for segment in segments:
        data = _contents(segment, spoiled)
        if generation_at(data, 0) not in (None, segment.generation):
            misnamed.append(segment)
            continue
        for record in _sound_records(segment, data, spoiled):
            highest = max(highest, record.number)
            if record.kind is Kind.DONE and record.number in found:
                done[record.number] = found[record.number].place
            _apply(found, segment, data, record, spoiled)
    survivors = _survivors(found, spoiled)
    for survivor in survivors.values():
        survivor.place.segment.live += 1
    known = _known(survivors, done)
    return Recovered(survivors, known, misnamed, highest)


def _contents(segment: Segment, spoiled: Spoiled) -> bytearray:
    data, unreadable = segment.contents()
    if unreadable:
        why = f"{unreadable} bytes of {segment.path.name} cannot be read"
        segment.spoiled = True
        spoiled(Damage(segment, 0, "", b"", why))
    try:
        check_version(data)
    except NewerFormat as error:
        error.filename = str(segment.path)
        raise
    return data


def _sound_records(segment: Segment, data: Readable, spoiled: Spoiled) -> Iterator[Record]:
    """Intact records. What is damaged was on the disk once if a later batch follows it."""
    suspects: list[Damage] = []
    expected = 0
    for record in scan(data, segment.generation):
        if not _follows(data, expected, record):
            suspects.append(_gap(segment, data, expected, record.start))
        if record.first:
            for suspect in suspects:
                spoiled(suspect)
            suspects.clear()
        expected = record.end
        if record.intact:
            yield record
        else:
            suspects.append(_damaged(segment, data, record, "does not verify"))
    for suspect in suspects:
        if suspect.name:
            spoiled(suspect._replace(why=f"{suspect.why}; it may have been half written"))


def _follows(data: Readable, end: int, record: Record) -> bool:
    """Whether nothing is missing between ``end`` and the record; before 1.1 no page was filled."""
    return data[end : record.start] in (b"", filler(end))


def _gap(segment: Segment, data: Readable, start: int, end: int) -> Damage:
    lost = bytes(data[start:end])
    why = f"nothing verifies in {end - start} bytes of {segment.path.name} from {start} on"
    return Damage(segment, start, "", lost if lost.strip(b"\0") else b"", why)


def _damaged(segment: Segment, data: Readable, record: Record, what: str) -> Damage:
    queue_id = format_queue_id(record.number)
    kind = "message" if record.kind is Kind.MESSAGE else "a mark of message"
    why = f"{kind} {queue_id} {what}"
    return Damage(segment, record.start, queue_id, bytes(data[record.payload]), why)


def _apply(
    found: dict[int, _Found], segment: Segment, data: Readable, record: Record, spoiled: Spoiled
) -> None:
    known = found.get(record.number)
    if record.kind is Kind.MESSAGE:
        size = record.payload.stop - record.payload.start
        place = Place(segment, record.payload.start, size)
        # A second one is a copy, made to free its segment: what was done before stays done.
        found[record.number] = _Found(place, known.done if known else frozenset())
    elif record.kind is Kind.DONE:
        found.pop(record.number, None)
    elif record.kind is Kind.RECIPIENTS_DONE and known is not None:
        try:
            indexes = _done_decoder.decode(data[record.payload])
        except (msgspec.MsgspecError, ValueError) as error:
            spoiled(_damaged(segment, data, record, f"means nothing: {error}"))
        else:
            found[record.number] = _Found(known.place, known.done.union(indexes))


def _known(survivors: dict[int, Survivor], done: dict[int, Place]) -> dict[int, Envelope]:
    """Of messages that may come again; what does not verify is forgotten."""
    envelopes = {number: survivor.envelope for number, survivor in survivors.items()}
    for number, place in islice(reversed(done.items()), MAX_FINISHED):
        with suppress(Corrupt, OSError):
            envelopes[number] = decode_envelope(place.read())
    return {
        number: envelope.to(()) for number, envelope in envelopes.items() if envelope.may_come_again
    }


def _survivors(found: dict[int, _Found], spoiled: Spoiled) -> dict[int, Survivor]:
    survivors: dict[int, Survivor] = {}
    for number, (place, done) in found.items():
        try:
            payload = place.read()
            envelope = decode_envelope(payload)
            size = len(content_of(payload))
        except (Corrupt, OSError) as error:
            queue_id = format_queue_id(number)
            why = f"message {queue_id}: {error}"
            position = place.start - HEADER_SIZE
            spoiled(Damage(place.segment, position, queue_id, place.read_anyway(), why))
        else:
            survivors[number] = Survivor(envelope, place, size, done)
    return survivors
