"""postsuper(1); texts and codes are Postfix's."""

import io
from pathlib import Path
from typing import Any

import pytest

from commands.queue_manager import queue_manager
from postroom.contracts.queue_admin import Action, Apply, Done
from postroom.contracts.showq import QueueName

ACTIVE, DEFERRED, HOLD = QueueName


@pytest.fixture(autouse=True)
def superuser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)


@pytest.mark.parametrize(
    ("arguments", "question", "said"),
    [
        (("-d", "6553F10000001"), ("delete", 1, (ACTIVE, DEFERRED, HOLD)), "removed|Deleted"),
        (
            ("-h", "6553F10000001", "deferred"),
            ("hold", 1, (DEFERRED,)),
            "placed on hold|Placed on hold",
        ),
        (("-H", "6553F10000001"), ("release", 1, (HOLD,)), "released from hold|Released from hold"),
        (("-r", "6553F10000001"), ("requeue", 1, (ACTIVE, DEFERRED, HOLD)), "requeued|Requeued"),
        (("-e", "6553F10000001"), ("expire", 1, (ACTIVE, DEFERRED, HOLD)), "expired|Force-expired"),
    ],
)
def test_one_message(
    typed: Any, tmp_path: Path, arguments: tuple[str, ...], question: Any, said: str
) -> None:
    asked: list[object] = []

    def answer(question: object) -> Done:
        asked.append(question)
        return Done(1)

    with queue_manager(tmp_path, answer):
        code, out, err = typed("postsuper", *arguments)
    action, _, queues = question
    each, total = said.split("|")
    assert asked == [Apply(Action(action), "6553F10000001", queues)]
    assert (code, out) == (0, "")
    assert err == f"postsuper: 6553F10000001: {each}\npostsuper: {total}: 1 message\n"


def test_ids_come_from_standard_input(
    typed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("6553F10000001\nxyz\n6553F10000002\n"))
    with queue_manager(tmp_path, lambda _: Done(1)):
        err = typed("postsuper", "-d", "-").err
    assert err.splitlines() == [
        "postsuper: 6553F10000001: removed",
        "postsuper: warning: invalid mail queue id: xyz",
        "postsuper: 6553F10000002: removed",
        "postsuper: Deleted: 2 messages",
    ]


def test_all_of_a_queue(typed: Any, tmp_path: Path) -> None:
    asked: list[object] = []

    def answer(question: object) -> Done:
        asked.append(question)
        return Done(100)

    with queue_manager(tmp_path, answer):
        err = typed("postsuper", "-d", "ALL", "deferred").err
    assert asked == [Apply(Action.DELETE, "", (DEFERRED,))]
    assert err == "postsuper: Deleted: 100 messages\n"


def test_nothing_done_is_nothing_said(typed: Any, tmp_path: Path) -> None:
    with queue_manager(tmp_path, lambda _: Done(0)):
        assert typed("postsuper", "-d", "6553F10000001") == (0, "", "")
        assert typed("postsuper", "-s") == (0, "", "")


def test_unknown_queue_is_fatal(typed: Any) -> None:
    result = typed("postsuper", "-d", "ALL", "outgoing")
    assert result == (1, "", "postsuper: fatal: invalid directory name: outgoing\n")


def test_others_than_the_superuser_are_refused(typed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    text = "postsuper: fatal: use of this command is reserved for the superuser\n"
    assert typed("postsuper", "-d", "ALL") == (1, "", text)
