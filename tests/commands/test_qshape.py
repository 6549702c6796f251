"""qshape(1); the tables are those of Postfix 3.10's for the same mail."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from commands.queue_manager import queue_manager
from postroom.contracts.showq import Entry, NotAllowed, Page, QueueName, WaitingRecipient


def entry(
    sender: str, *to: str, minutes: float = 0, queue: QueueName = QueueName.DEFERRED
) -> Entry:
    recipients = tuple(map(WaitingRecipient, to))
    arrival = time.time() - 60 * minutes - 1
    return Entry("6553F10000001", queue, arrival, 1, sender, recipients)


def mail_of_now() -> tuple[Entry, ...]:
    return (
        entry("bob@coracle.test", "q@example.com", "Q2@example.com"),
        entry("", "w@example.org"),
        entry("alice@coracle.test", "x@example.com"),
    )


@pytest.fixture
def shown(typed: Any, tmp_path: Path) -> Iterator[Any]:
    mail: list[Entry] = []
    with queue_manager(tmp_path, lambda _: Page(tuple(mail))):

        def run(*arguments: str, of: tuple[Entry, ...] | None = None) -> str:
            mail[:] = mail_of_now() if of is None else of
            code, out, err = typed("qshape", *arguments)
            assert (code, err) == (0, "")
            return str(out)

        yield run


def test_recipients_by_domain_and_age(shown: Any) -> None:
    assert shown("deferred") == (
        "                                         T  5 10 20 40 80 160 320 640 1280 1280+\n"
        "                                  TOTAL  4  4  0  0  0  0   0   0   0    0     0\n"
        "                            example.com  3  3  0  0  0  0   0   0   0    0     0\n"
        "                            example.org  1  1  0  0  0  0   0   0   0    0     0\n"
    )


def test_messages_by_the_domain_of_their_sender(shown: Any) -> None:
    assert shown("-s", "deferred") == (
        "                                         T  5 10 20 40 80 160 320 640 1280 1280+\n"
        "                                  TOTAL  3  3  0  0  0  0   0   0   0    0     0\n"
        "                           coracle.test  2  2  0  0  0  0   0   0   0    0     0\n"
        "                          MAILER-DAEMON  1  1  0  0  0  0   0   0   0    0     0\n"
    )


def test_intervals_of_age_can_be_of_one_length(shown: Any) -> None:
    assert shown("-l", "-b", "3", "-t", "10", "deferred") == (
        "                                                                     T 10 20 20+\n"
        "                                                              TOTAL  4  4  0   0\n"
        "                                                        example.com  3  3  0   0\n"
        "                                                        example.org  1  1  0   0\n"
    )


def test_mail_is_counted_in_the_interval_of_its_age(shown: Any) -> None:
    mail = tuple(entry("", "x@a.test", minutes=age) for age in (0, 4, 5, 9, 10, 1279, 1280, 9999))
    counts = shown("deferred", of=mail).splitlines()[1].split()[1:]
    assert counts == ["8", "2", "2", "1", "0", "0", "0", "0", "0", "1", "2"]


def test_only_the_queues_named_are_shown_by_default_the_active_one(shown: Any) -> None:
    mail = (*mail_of_now(), entry("", "x@a.test", queue=QueueName.ACTIVE))
    assert shown(of=mail).splitlines()[1].split()[:2] == ["TOTAL", "1"]
    assert shown("hold", "maildrop", of=mail).splitlines()[1:] == [
        "                                  TOTAL  0  0  0  0  0  0   0   0   0    0     0"
    ]


def test_parents_are_shown_where_they_have_enough_children(shown: Any) -> None:
    mail = tuple(entry("", f"x@{name}") for name in ("a.b.test", "c.b.test", "b.test", "y.z.test"))
    names = [line.split()[0] for line in shown("-p", "-m", "2", "deferred", of=mail).splitlines()]
    assert names[1:] == ["TOTAL", ".b.test", "b.test", "a.b.test", "c.b.test", "y.z.test"]


def test_long_names_lose_their_beginning(shown: Any) -> None:
    mail = (entry("", "x@" + "a" * 60 + ".b.test"), entry("", "x@c." + "d" * 60 + ".test"))
    lines = shown("-p", "-m", "1", "deferred", of=mail).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert {line[: 80 - 41] for line in lines if "+" in line[:40]} >= {
        "+" + "a" * 31 + ".b.test",
        ".+" + "d" * 32 + ".test",
    }


def test_who_may_not_see_the_queue_is_told_so(typed: Any, tmp_path: Path) -> None:
    with queue_manager(tmp_path, lambda _: NotAllowed()):
        result = typed("qshape")
    assert result == (1, "", "qshape: you are not allowed to view the mail queue\n")
