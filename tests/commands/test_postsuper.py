"""postsuper(1); texts and codes are Postfix 3.10's, as it said them."""

from pathlib import Path
from typing import Any

import pytest

from commands.queue_manager import queue_manager
from postroom.contracts.queue_admin import Action, Apply, ApplyToAll, Done, DoneToAll
from postroom.contracts.showq import QueueName

ACTIVE, DEFERRED, HOLD = EVERY = (QueueName.ACTIVE, QueueName.DEFERRED, QueueName.HOLD)
ONE, TWO = "6553F10000001", "6553F10000002"


@pytest.fixture(autouse=True)
def superuser(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    monkeypatch.setattr("postroom.commands.queue.submitted.directory", lambda: tmp_path / "drop")


class Manager:
    """Does everything to every message, and keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def __call__(self, question: Any) -> object:
        self.asked.append(question)
        if isinstance(question, ApplyToAll):
            return DoneToAll(100)
        assert isinstance(question, Apply)
        return Done(question.queue_ids)


@pytest.mark.parametrize(
    ("arguments", "question", "said"),
    [
        (("-d", ONE), (Action.DELETE, EVERY), "removed|Deleted"),
        (("-h", ONE, "deferred"), (Action.HOLD, (DEFERRED,)), "placed on hold|Placed on hold"),
        (("-H", ONE), (Action.RELEASE, (HOLD,)), "released from hold|Released from hold"),
        (("-e", ONE), (Action.EXPIRE, EVERY), "expired|Force-expired"),
    ],
)
def test_one_message_that_is_named_is_changed_and_told(
    typed: Any, tmp_path: Path, arguments: tuple[str, ...], question: Any, said: str
) -> None:
    manager = Manager()
    with queue_manager(tmp_path, manager):
        code, out, err = typed("postsuper", *arguments)
    action, queues = question
    each, total = said.split("|")
    assert manager.asked == [Apply(action, (ONE,), queues)]
    assert (code, out) == (0, "")
    assert err == f"postsuper: {ONE}: {each}\npostsuper: {total}: 1 message\n"


def test_options_are_done_in_their_order_and_counted_in_postfix_s(
    typed: Any, tmp_path: Path
) -> None:
    manager = Manager()
    with queue_manager(tmp_path, manager):
        err = typed("postsuper", "-H", ONE, "-h", ONE, "-h", TWO, "-d", "ALL").err
    assert [question.action for question in manager.asked] == [
        Action.RELEASE,
        Action.HOLD,
        Action.HOLD,
        Action.DELETE,
    ]
    assert err.splitlines() == [
        f"postsuper: {ONE}: released from hold",
        f"postsuper: {ONE}: placed on hold",
        f"postsuper: {TWO}: placed on hold",
        "postsuper: Deleted: 100 messages",
        "postsuper: Placed on hold: 2 messages",
        "postsuper: Released from hold: 1 message",
    ]


def test_force_expired_mail_is_released_too(typed: Any, tmp_path: Path) -> None:
    manager = Manager()
    with queue_manager(tmp_path, manager):
        err = typed("postsuper", "-f", ONE).err
    assert manager.asked == [
        Apply(Action.EXPIRE, (ONE,), EVERY),
        Apply(Action.RELEASE, (ONE,), (HOLD,)),
    ]
    assert err.splitlines() == [
        f"postsuper: {ONE}: expired",
        f"postsuper: {ONE}: released from hold",
        "postsuper: Force-expired: 1 message",
        "postsuper: Released from hold: 1 message",
    ]


def test_ids_come_from_standard_input(
    typed: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = iter([f"{ONE}\n../x\nNOPE\n{TWO[:5]}".encode(), f"{TWO[5:]}\n{ONE} \n".encode(), b""])
    monkeypatch.setattr("os.read", lambda *_: next(lines))
    with queue_manager(tmp_path, Manager()):
        err = typed("postsuper", "-d", "-").err
    assert err.splitlines() == [
        "postsuper: warning: invalid mail queue id: ../x",
        f"postsuper: {ONE}: removed",
        f"postsuper: warning: invalid mail queue id: {ONE} ",
        f"postsuper: {TWO}: removed",
        "postsuper: Deleted: 2 messages",
    ]


def test_all_of_a_queue_is_counted_and_not_named(typed: Any, tmp_path: Path) -> None:
    manager = Manager()
    with queue_manager(tmp_path, manager):
        err = typed("postsuper", "-d", "ALL", "deferred").err
    assert manager.asked == [ApplyToAll(Action.DELETE, (DEFERRED,))]
    assert err == "postsuper: Deleted: 100 messages\n"


def test_what_no_message_here_can_be_called_is_nothing_done(typed: Any) -> None:
    assert typed("postsuper", "-d", "NOPE") == (0, "", "postsuper: Deleted: 0 messages\n")
    assert typed("postsuper", "-s") == (0, "", "")
    assert typed("postsuper", "-psSv") == (0, "", "")


def test_unknown_queue_is_fatal(typed: Any) -> None:
    result = typed("postsuper", "-d", "ALL", "outgoing")
    assert result == (1, "", "postsuper: fatal: invalid directory name: outgoing\n")


def test_others_than_the_superuser_are_refused(typed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    text = "postsuper: fatal: use of this command is reserved for the superuser\n"
    assert typed("postsuper", "-d", "ALL") == (1, "", text)


def test_unknown_options_get_the_usage(typed: Any) -> None:
    code, _, err = typed("postsuper", "-x")
    assert code == 1
    assert "postsuper: fatal: usage: postsuper [-c config_dir] [-d queue_id (delete)]" in err
