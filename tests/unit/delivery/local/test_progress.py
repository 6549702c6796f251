"""What a message has reached is remembered by recipient, over restarts, and forgotten in time."""

import os
import time
from pathlib import Path

from postroom.delivery.local.progress import MAX_AGE_SECONDS, Progress

DONE = frozenset((("mailbox", "alice"), ("COMMAND", "", "cmd")))


def test_it_is_found_by_the_next_process(tmp_path: Path) -> None:
    Progress(tmp_path / "local").keep("0123456789AB", "all@here.test", DONE)
    later = Progress(tmp_path / "local")
    assert later.of("0123456789AB", "all@here.test") == DONE
    assert later.of("0123456789AB", "other@here.test") == frozenset()
    assert later.of("0123456789AC", "all@here.test") == frozenset()


def test_what_is_settled_is_forgotten(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    progress.keep("0123456789AB", "all@here.test", DONE)
    progress.forget("0123456789AB", "all@here.test")
    assert progress.of("0123456789AB", "all@here.test") == frozenset()
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_file_is_as_none_and_an_old_one_goes(tmp_path: Path) -> None:
    Progress(tmp_path).keep("0123456789AB", "all@here.test", DONE)
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-5])
    assert Progress(tmp_path).of("0123456789AB", "all@here.test") == frozenset()
    old = time.time() - MAX_AGE_SECONDS - 1
    os.utime(file, (old, old))
    Progress(tmp_path)
    assert not file.exists()
