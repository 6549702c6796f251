"""Read the journal after a crash: which messages have no result yet.

Needs nothing but the directory. A record that does not verify is stepped over; what was being
written when the machine stopped was promised to nobody.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from postroom.mail.envelope import Envelope
from postroom.spool.journal import Place
from postroom.spool.message_record import content_of, decode_envelope
from postroom.spool.record import Corrupt, Kind, Record, scan
from postroom.spool.segment import Segment, segment_paths

_done_decoder = msgspec.msgpack.Decoder(tuple[int, ...])


class Survivor(NamedTuple):
    """A message that is still to be delivered to those recipients that are not ``done``."""

    envelope: Envelope
    place: Place
    content_size: int
    done: frozenset[int]


class Damage(NamedTuple):
    """A message record that was on the disk before others and does not verify."""

    segment: Path
    position: int
    number: int
    payload: bytes


class Recovered(NamedTuple):
    """The whole journal: segments oldest first, messages by number, and the highest number."""

    segments: list[Segment]
    survivors: dict[int, Survivor]
    damages: list[Damage]
    highest: int


class _Found(NamedTuple):
    place: Place
    done: frozenset[int]


def open_segments(directory: Path) -> list[Segment]:
    """The segments alone, after a clean end: nothing is alive in them."""
    return [Segment.open(path) for path in segment_paths(directory)]


def recover(directory: Path) -> Recovered:
    """Read every segment; raises OSError only if the directory itself cannot be read."""
    segments = open_segments(directory)
    found: dict[int, _Found] = {}
    damages: list[Damage] = []
    highest = 0
    for segment in segments:
        data = segment.read(0, segment.path.stat().st_size)
        for record in _sound_records(segment, data, damages):
            highest = max(highest, record.number)
            _apply(found, segment, data, record)
    survivors = _survivors(found, damages)
    for survivor in survivors.values():
        survivor.place.segment.live += 1
    return Recovered(segments, survivors, damages, highest)


def _sound_records(segment: Segment, data: bytes, damages: list[Damage]) -> Iterator[Record]:
    """Intact records; a damaged one counts as lost mail only if others were written after it."""
    suspects: list[Damage] = []
    for record in scan(data, segment.generation):
        if record.intact:
            damages += suspects
            suspects.clear()
            yield record
        elif record.kind is Kind.MESSAGE:
            payload = data[record.payload]
            suspects.append(Damage(segment.path, record.start, record.number, payload))


def _apply(found: dict[int, _Found], segment: Segment, data: bytes, record: Record) -> None:
    if record.kind is Kind.MESSAGE:
        size = record.payload.stop - record.payload.start
        place = Place(segment, record.payload.start, size)
        # A second one is a copy, made to free its segment: what was done before stays done.
        known = found.get(record.number)
        found[record.number] = _Found(place, known.done if known else frozenset())
    elif record.kind is Kind.DONE:
        found.pop(record.number, None)
    elif record.kind is Kind.RECIPIENTS_DONE and record.number in found:
        place, done = found[record.number]
        indexes = _done_decoder.decode(data[record.payload])
        found[record.number] = _Found(place, done.union(indexes))


def _survivors(found: dict[int, _Found], damages: list[Damage]) -> dict[int, Survivor]:
    survivors: dict[int, Survivor] = {}
    for number, (place, done) in found.items():
        payload = place.read()
        try:
            envelope = decode_envelope(payload)
            size = len(content_of(payload))
        except Corrupt:
            damages.append(Damage(place.segment.path, place.start, number, payload))
        else:
            survivors[number] = Survivor(envelope, place, size, done)
    return survivors
