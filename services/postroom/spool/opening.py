"""Find everything again at start, and set aside what is not ours or not sound."""

from pathlib import Path
from typing import NamedTuple

from postroom.mail.envelope import Envelope
from postroom.mail.queue_id import format_queue_id
from postroom.spool import marker, probe
from postroom.spool.aside import CORRUPT, Warn, save_aside, set_aside
from postroom.spool.queue_files import ACTIVE, INCOMING, QUEUES, QueueFiles, names_of_ours
from postroom.spool.recovery import Damage, Survivor, recover
from postroom.spool.segment import Segment, is_segment

JOURNAL = "journal"
# After a crash some ids may have been given out that no message bears: step over a second's worth.
_UNSEEN_IDS = 1_000_000
# The clock will not reach this for 18,000 years: a file that bears a higher id is no guide.
_MAX_NUMBER = 1 << 59


class Opened(NamedTuple):
    """The journal's segments, its undone messages by number, the envelopes of those that may
    come again, the names of reports that may, the numbers of those that a file supersedes, the
    large ones on their way, the newest message that has a file, and the highest number used for an
    id."""

    segments: list[Segment]
    survivors: dict[int, Survivor]
    known: dict[int, Envelope]
    reports: tuple[str, ...]
    superseded: list[int]
    active: list[str]
    newest: str
    highest: int


def missing_directories(directory: Path) -> list[Path]:
    """What ``open_spool`` will have to make, as at the very first start."""
    paths = [directory / name for name in (CORRUPT, JOURNAL, INCOMING, *QUEUES)]
    return [path for path in paths if path.is_symlink() or not path.is_dir()]


def open_spool(directory: Path, warn: Warn) -> Opened:
    """Read the whole spool.

    Raises OSError if the directory cannot be used, NewerFormat if mail that a later version
    was at work on is in it.
    """
    for missing in missing_directories(directory):
        _make(missing, warn)
    journal = directory / JOURNAL
    work = [directory / name for name in (JOURNAL, INCOMING, *QUEUES)]
    probe.check_one_file_system(directory, work)
    names = names_of_ours(journal, _is_known, warn)
    probe.probe(journal)
    files = QueueFiles(directory, warn)
    segments = _open_segments(journal, names, warn)
    highest, reports = marker.begin(journal)
    if highest is not None:
        # Nothing is alive in the journal.
        return Opened(segments, {}, {}, reports, [], files.of(ACTIVE), files.newest, highest)
    return _recover(directory, segments, files, warn)._replace(reports=reports)


def _recover(directory: Path, segments: list[Segment], files: QueueFiles, warn: Warn) -> Opened:
    found = recover(segments, lambda damage: _save(directory, damage, warn))
    for segment in found.misnamed:
        segments.remove(segment)
        segment.close()
        set_aside(segment.path, "it holds the records of another segment", warn)
    superseded = [n for n in found.survivors if files.holds_sound(format_queue_id(n))]
    for number in superseded:
        found.survivors.pop(number).place.segment.live -= 1
    highest = max(n for n in (0, found.highest, *files.numbers) if n < _MAX_NUMBER)
    return Opened(
        segments,
        found.survivors,
        found.known,
        (),
        superseded,
        files.of(ACTIVE),
        files.newest,
        highest + _UNSEEN_IDS,
    )


def _make(directory: Path, warn: Warn) -> None:
    """Make a directory, where something else may stand in its way."""
    try:
        directory.mkdir(0o700)
    except FileExistsError:
        in_the_way = directory.with_name(f"{directory.name}.not-a-directory")
        directory.rename(in_the_way)
        warn(f"{directory} is not a directory: renamed to {in_the_way.name}")
        directory.mkdir(0o700)


def _is_known(name: str) -> bool:
    """Whether a file's name is one of the journal's."""
    return is_segment(name) or name in marker.NAMES or name in probe.NAMES


def _open_segments(journal: Path, names: list[str], warn: Warn) -> list[Segment]:
    """The segments, oldest first."""
    segments = []
    for name in sorted(filter(is_segment, names)):
        try:
            segments.append(Segment.open(journal / name))
        except OSError as error:
            set_aside(journal / name, f"cannot be opened: {error.strerror}", warn)
    return segments


def _save(directory: Path, damage: Damage, warn: Warn) -> None:
    """Keep what does not verify, or the whole segment if that cannot be done."""
    segment = damage.segment.path
    if not damage.data:
        warn(f"journal: {damage.why}")
        return
    name = f"{segment.stem}.{damage.position}"
    name = f"{damage.name}.{name}" if damage.name else name
    if not save_aside(directory, name, damage.data, damage.why, warn):
        damage.segment.spoiled = True
