"""Random damage to real files: what comes out is what went in, and nothing vanishes unnamed.

``POSTROOM_MUTATIONS`` is how many files of each sort are damaged.
"""

import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from postroom.mail.queue_id import format_queue_id
from postroom.spool.file_work import load, load_content
from postroom.spool.message_record import content_of
from postroom.spool.record import Corrupt, Kind, NewerFormat, scan
from postroom.spool.recovery import Damage, recover
from postroom.spool.segment import Segment
from unit.spool.recorded import record

MUTATIONS = int(os.environ.get("POSTROOM_MUTATIONS", "2500"))
RECORDED = max(Path(record.__file__).parent.glob("version-*"))
Mutation = Callable[[bytearray, int, random.Random], None]


def flip(data: bytearray, place: int, chance: random.Random) -> None:
    data[place] ^= 1 << chance.randrange(8)


def wipe(data: bytearray, place: int, chance: random.Random) -> None:
    size = chance.choice((8, 64, 512, 4096))
    data[place : place + size] = bytes(len(data[place : place + size]))


def cut(data: bytearray, place: int, _: random.Random) -> None:
    del data[place:]


def scribble(data: bytearray, place: int, chance: random.Random) -> None:
    size = min(chance.randrange(1, 200), len(data) - place)
    data[place : place + size] = chance.randbytes(size)


def repeat(data: bytearray, place: int, chance: random.Random) -> None:
    """Some of it again, as a file system may after a crash."""
    place -= place % 512
    start = chance.randrange(0, max(place, 1), 512)
    data[place:place] = data[start : start + 512]


MUTATORS: tuple[Mutation, ...] = (flip, wipe, cut, scribble, repeat)


def mutations(path: Path, sort: str) -> Iterator[bytearray]:
    """The file with one to three damages where something was written."""
    chance = random.Random(sort)
    original = path.read_bytes().rstrip(b"\0")
    for _ in range(MUTATIONS):
        data = bytearray(original)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            if data:
                chance.choice(MUTATORS)(data, chance.randrange(len(data)), chance)
        yield data


@pytest.mark.parametrize("name", ["waiting", "tried", "large"])
def test_a_damaged_file_is_the_same_message_or_none(tmp_path: Path, name: str) -> None:
    queue_id = record.queue_id(name)
    number = int(queue_id, 16)
    (original,) = RECORDED.rglob(queue_id)
    states = (record.envelope(name), record.later(name).envelope)
    path = tmp_path / queue_id
    for data in mutations(original, name):
        path.write_bytes(data)
        try:
            contents = load(path, number, verify=True)
        except (Corrupt, NewerFormat):
            continue
        assert contents.whole_state.envelope in states
        assert load_content(path, contents) == record.content(name)


class Recovery:
    """What is found in a segment: contents by id, and the ids that something was said of."""

    def __init__(self, path: Path) -> None:
        segment = Segment.open(path)
        self.unnamed = 0
        self.named: set[str] = set()
        self.found: dict[str, bytes] = {}
        try:
            for number, survivor in recover([segment], self._spoiled).survivors.items():
                self.found[format_queue_id(number)] = content_of(survivor.place.read())
        finally:
            segment.close()

    def _spoiled(self, damage: Damage) -> None:
        self.named.update(re.findall(r"message ([0-9A-F]{13})", damage.why))
        self.unnamed += not damage.name


def test_a_damaged_segment_gives_every_message_that_was_not_hit(tmp_path: Path) -> None:
    (original,) = (RECORDED / "journal").glob("*.journal")
    whole = Recovery(shutil.copy(original, tmp_path / original.name))
    path = tmp_path / original.name
    generation = int(path.stem, 16)
    for data in mutations(original, "segment"):
        path.write_bytes(data)
        try:
            recovery = Recovery(path)
        except NewerFormat:
            continue
        for queue_id, content in recovery.found.items():
            name = record.NAMES[int(queue_id, 16) - record.FIRST]
            assert content == record.content(name)
        sound = {
            format_queue_id(r.number)
            for r in scan(data, generation)
            if r.kind is Kind.MESSAGE and r.intact
        }
        assert set(whole.found) & sound <= set(recovery.found)
        lost = set(whole.found) - set(recovery.found)
        last = max((r.start for r in scan(data, generation) if r.first), default=0)
        silent = lost - recovery.named
        assert not silent or recovery.unnamed or _all_behind(silent, original, last)


def _all_behind(queue_ids: set[str], segment: Path, position: int) -> bool:
    """Whether the messages lie where nothing later proves that they were ever on the disk."""
    data = segment.read_bytes()
    starts = {
        format_queue_id(r.number): r.start
        for r in scan(data, int(segment.stem, 16))
        if r.kind is Kind.MESSAGE
    }
    return all(starts[queue_id] >= position for queue_id in queue_ids)
