"""Read many waiting messages, none of them for delivery: for the list of the queue.

Of a hundred thousand messages all that is shown is read and nothing else: what lies behind the
first fields of an envelope is stepped over, and what was checked when it was stored is looked at
once for all.
"""

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec

from postroom.mail.envelope import (
    Instant,
    UncheckedAddress,
    UncheckedLine,
    check_address,
    check_line,
)
from postroom.mail.queue_id import QueueId
from postroom.spool.queue_file import FIRST_READ, find_state
from postroom.spool.record import Corrupt

# The disk is asked for so many files before the first of them is waited for.
_AHEAD = 64
_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK


class _Recipient(msgspec.Struct, array_like=True, gc=False):
    """mail.envelope.Recipient, as far as it is shown."""

    address: UncheckedAddress


class _Envelope(msgspec.Struct, array_like=True, gc=False):
    """mail.envelope.Envelope, as far as it is shown."""

    sender: UncheckedAddress
    recipients: list[_Recipient]
    arrival: Instant


class _State(msgspec.Struct, array_like=True, gc=False):
    """queue_file.State, as far as it is shown."""

    envelope: _Envelope
    reasons: list[UncheckedLine] = []
    warned: bool = False
    expire: bool = False


_decoder = msgspec.msgpack.Decoder(_State)


class Waiting(msgspec.Struct, frozen=True, gc=False):
    """A message that waits: ``addresses`` of those that are left, and for each a reason, which is
    empty if he was not tried yet."""

    size: int
    sender: str
    addresses: list[str]
    reasons: list[str]
    arrival: float
    expire: bool


def read_many(directory: Path, queue_ids: Sequence[QueueId]) -> dict[QueueId, Waiting]:
    """Those that are there and sound, by id; raises OSError if the directory is not there."""
    place = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    found: dict[QueueId, Waiting] = {}
    try:
        for start in range(0, len(queue_ids), _AHEAD):
            for queue_id, descriptor in _opened(place, queue_ids[start : start + _AHEAD]):
                try:
                    found[queue_id] = _waiting(descriptor, int(queue_id, 16))
                except (OSError, Corrupt, msgspec.MsgspecError, ValueError):
                    continue
                finally:
                    os.close(descriptor)
    finally:
        os.close(place)
    return found


def _waiting(descriptor: int, number: int) -> Waiting:
    found = find_state(descriptor, number)
    state = _decoder.decode(found.state)
    envelope = state.envelope
    addresses = [recipient.address for recipient in envelope.recipients]
    reasons = state.reasons
    if len(reasons) != len(addresses):
        reasons = [*reasons, *("" for _ in addresses)][: len(addresses)]
    if found.done:
        addresses, reasons = _without(found.done, addresses), _without(found.done, reasons)
    if not "".join((envelope.sender, *addresses, *reasons)).isprintable():
        check_address("".join((envelope.sender, *addresses)))
        check_line("".join(reasons))
    return Waiting(found.size, envelope.sender, addresses, reasons, envelope.arrival, state.expire)


def _without(done: frozenset[int], texts: list[str]) -> list[str]:
    return [text for index, text in enumerate(texts) if index not in done]


def _opened(place: int, queue_ids: Sequence[QueueId]) -> list[tuple[QueueId, int]]:
    opened = []
    for queue_id in queue_ids:
        try:
            descriptor = os.open(queue_id, _FLAGS, dir_fd=place)
        except OSError:
            continue
        os.posix_fadvise(descriptor, 0, FIRST_READ, os.POSIX_FADV_WILLNEED)
        opened.append((queue_id, descriptor))
    return opened
