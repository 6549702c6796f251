"""The power fails at any moment, and the disk keeps any part of what it was not told to keep."""

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest

from crash.budget import LONG, SEED, Deadline
from crash.disk.private import keep_mounts_private
from crash.figures import Figures
from crash.power.recording import DISK_INSIDE, SIZE, Work, ordinary, record, without_syncing
from crash.power.replay import Replay, Result
from crash.search import Found
from crash.sink import Sink
from crash.site import SINK_PORT, maildir, running_site, settle

LETTERS = 100
# Of each recording. One state takes a third of a second.
STATES = 2000 if LONG else 40
SHORT_SECONDS = 20
CONTROL_STATES = 20
BOOTED_STATES = 3


@pytest.fixture
def memory() -> Iterator[Path]:
    """What is written a few thousand times is best not on a disk."""
    keep_mounts_private()
    with TemporaryDirectory(dir="/dev/shm") as directory:
        yield Path(directory)


@pytest.mark.timeout(0)
def test_nothing_acknowledged_is_lost_when_the_power_fails(memory: Path, figures: Figures) -> None:
    result, random = Result(), Random(SEED)
    replay = cut_power(memory, ordinary(LETTERS), random)
    # Not before: a recording takes longer than the short form's time for looking at it.
    deadline = Deadline(SHORT_SECONDS, share=0.5)
    replay.search(STATES, deadline, result)
    while LONG and not deadline.passed:
        cut_power(memory, ordinary(LETTERS), random).search(STATES, deadline, result)
    show(result, figures)
    assert result.findings == []


@pytest.mark.skipif(not LONG, reason="takes minutes: make crash")
@pytest.mark.timeout(0)
def test_the_mailer_started_on_such_a_disk_delivers_all(memory: Path, figures: Figures) -> None:
    random = Random(SEED)
    for _ in range(BOOTED_STATES):
        replay = cut_power(memory, ordinary(LETTERS), random)
        replay.save_one(memory / "image")
        with running_site(f"power-{os.getpid()}", {DISK_INSIDE: memory / "image"}) as mail:
            sink = Sink(mail.machine.listen(SINK_PORT, "127.0.0.1"), memory / "arrived")
            settle(mail)
            sink.stop()
            found = Found(maildir(mail), sink.arrived)
        lost = found.lost(replay.promises.acknowledged)
        assert [each for each in lost if not replay.promises.has_arrived(*each)] == []
    figures("states from which the whole mailer was started", BOOTED_STATES)


@pytest.mark.timeout(0)
def test_a_mailer_that_does_not_sync_is_caught(memory: Path, figures: Figures) -> None:
    """The proof that the test above can fail."""
    result = Result()
    replay = cut_power(memory, without_syncing(LETTERS), Random(SEED))
    replay.search(CONTROL_STATES, Deadline(SHORT_SECONDS, share=0.1), result)
    figures("recipients lost by a mailer that does not sync, in the same test", result.lost)
    assert result.lost > 0


def cut_power(memory: Path, work: Work, random: Random) -> Replay:
    return Replay(record(memory, work), SIZE, random)


def show(result: Result, figures: Figures) -> None:
    figures("states of the disk after a loss of power", result.states)
    figures("seconds for each", f"{result.seconds / result.states:.3f}")
    figures("recipients of acknowledged messages looked for in them", result.checks)
    figures("lost", result.lost)
    for kind, count in sorted(result.repeated.items(), key=str):
        figures(f"{kind.name.lower()}: served twice, per state", f"{count / result.states:.2f}")
