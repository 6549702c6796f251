"""Who waits for the disk: a thread, until it has shown to be quick."""

import time

import pytest

from postroom.spool.disk_pace import QUICK, DiskPace


def test_a_disk_that_nothing_is_known_of_is_slow() -> None:
    assert not DiskPace().quick


def test_one_that_answers_soon_is_quick_and_one_long_wait_makes_it_slow_again() -> None:
    pace = DiskPace()
    for _ in range(10):
        pace.measured(lambda: None)
    assert pace.quick
    pace.measured(lambda: time.sleep(20 * QUICK))
    assert not pace.quick


def test_what_fails_counts_as_well() -> None:
    pace = DiskPace()
    for _ in range(10):
        with pytest.raises(OSError, match="no"):
            pace.measured(_fail)
    assert pace.quick


def _fail() -> None:
    raise OSError("no")
