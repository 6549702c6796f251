"""LMTP, where each recipient has a reply of its own."""

from pathlib import Path

import pytest

from postroom.delivery.client.program import deliver
from postroom.mail.status import Reach
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play
from unit.delivery.client.scripted_peer import Peer


def test_lmtp_settles_each_recipient_on_its_own(tmp_path: Path) -> None:
    async def story() -> None:
        peer = Peer(ends=("250 2.1.5 one", "452 4.2.2 two is full", "550 5.7.1 three is out"))
        await peer.start(str(tmp_path / "lmtp"))
        field = Field(rules(lmtp=True))
        attempt = field.attempt(f"unix:{tmp_path}/lmtp", "1@y", "2@y", "3@y")
        await deliver(field.ways, attempt)
        assert [status[:9] for status in field.statuses] == ["2.1.5 sen", "5.7.1 bou", "4.2.2 def"]
        assert f"relay=me.example[{tmp_path}/lmtp], " in field.journal.lines[0]
        assert peer.sessions[0].commands[0] == "LHLO me.example"
        await peer.stop()

    play(story)


@pytest.mark.parametrize(
    ("extensions", "final", "reach", "passed_on"),
    [
        ((), False, Reach.RELAYED, False),
        ((), True, Reach.DELIVERED, False),
        (("DSN",), True, Reach.DELIVERED, True),
    ],
)
def test_whether_lmtp_is_the_end_of_the_way_is_the_admin_s_to_say(
    tmp_path: Path, extensions: tuple[str, ...], final: bool, reach: Reach, passed_on: bool
) -> None:
    """lmtp_assume_final; a server that knows DSN tells the sender itself."""

    async def story() -> None:
        peer = Peer(extensions=extensions, ends=("250 2.1.5 one",))
        await peer.start(str(tmp_path / "lmtp"))
        field = Field(rules(lmtp=True, assume_final=final))
        attempt = field.attempt(f"unix:{tmp_path}/lmtp", "1@y")
        await deliver(field.ways, attempt)
        (outcome,) = attempt.report().outcomes
        assert (outcome.reach, outcome.passed_on) == (reach, passed_on)
        await peer.stop()

    play(story)


def test_a_relative_socket_lies_in_the_queue_directory(tmp_path: Path) -> None:
    async def story() -> None:
        peer = Peer(ends=("250 2.1.5 one",))
        await peer.start(str(tmp_path / "lmtp"))
        field = Field(rules(lmtp=True, queue_directory=str(tmp_path)))
        await deliver(field.ways, field.attempt("unix:lmtp", "1@y"))
        assert "relay=me.example[lmtp], " in field.journal.lines[0]
        await peer.stop()

    play(story)


def test_a_socket_where_nobody_is_costs_one_line(tmp_path: Path) -> None:
    async def story() -> None:
        field = Field(rules(lmtp=True, queue_directory=str(tmp_path)))
        await deliver(field.ways, field.attempt("unix:away", "1@y"))
        (line,) = field.journal.lines
        reason = "connect to me.example[away]: No such file or directory"
        assert line.endswith(f"dsn=4.4.1, status=deferred ({reason})")

    play(story)
