"""Filters hear what happens in their order, and what they say is done, or checked and refused."""

import asyncio
import struct
from pathlib import Path

import pytest

from postroom.config.mail_filters import Protocol
from postroom.contracts.milter import (
    Abort,
    Close,
    Discarded,
    Filtered,
    MailFrom,
    Proceed,
    RcptTo,
    Rejected,
    UnknownCommand,
    Way,
)
from postroom.ipc.contract import Unavailable
from unit.milter.scene import GREETED, OPEN, Scene, at, play
from unit.milter.scripted_filter import ScriptedFilter

KINDS = ("mail", "rcpt")


def test_a_filter_hears_a_whole_session_in_order(tmp_path: Path) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        assert await scene.mail() == [Proceed()] * 4
        assert await scene.content() == Filtered()
        heard = [(letter, data) for letter, data in one.heard if letter not in b"OD"]
        assert heard == [
            (b"C", b"client.example\0004\x12\x67192.0.2.1\0"),
            (b"H", b"helo.example\0"),
            (b"M", b"<s@example.com>\0SIZE=9\0"),
            (b"R", b"<a@example.com>\0"),
            (b"T", b""),
            (b"L", b"Subject\0one\n two\0"),
            (b"L", b"To\0a@example.com\0"),
            (b"N", b""),
            (b"B", b"text\r\n.dot\r\n"),
            (b"E", b""),
        ]

    play(tmp_path, {}, story)


def test_macros_go_before_their_event(tmp_path: Path) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        await scene.content()
        assert one.told(b"D") == [
            b"Cj\0mail.example\0_\0client.example [192.0.2.1]\0",
            b"M{mail_addr}\0s@example.com\0",
            b"Ei\0ABC123\0",
        ]

    play(tmp_path, {}, story)


def test_macros_tell_where_mail_for_an_address_goes(tmp_path: Path) -> None:
    """In Postfix's words; of mail without a client it knows no more than the address."""
    names = {kind: (f"{{{kind}_addr}}", f"{{{kind}_host}}", f"{{{kind}_mailer}}") for kind in KINDS}

    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.opened()
        sender = Way("smtp", "[10.0.0.1]:26", "s@example.com")
        await scene.ask(MailFrom(scene.key, GREETED, "s", (), sender))
        await scene.ask(RcptTo(scene.key, None, "a", (), Way("local", "mail.test", "a@mail.test")))
        await scene.ask(MailFrom(scene.key, GREETED, "", (), Way("local", "mail.test", "x@y")))
        await scene.ask(RcptTo(scene.key, None, "a", ()))
        said = [data.decode().split("\0") for data in one.told(b"D")]
        assert [
            dict(zip([each[0][1:], *each[2::2]], each[1::2], strict=False)) for each in said
        ] == [
            dict(zip(names["mail"], ("s@example.com", "[10.0.0.1]:26", "smtp"), strict=True)),
            dict(zip(names["rcpt"], ("a@mail.test", "mail.test", "local"), strict=True)),
            dict(zip(names["mail"], ("", "mail.test", "local"), strict=True)),
            {"{rcpt_addr}": "a"},
        ]

    play(tmp_path, {}, story, macros=names)


def test_only_who_asked_for_it_hears_of_refused_recipients(tmp_path: Path) -> None:
    async def main() -> None:
        scene = Scene(at(tmp_path / "one"), at(tmp_path / "two"))
        async with (
            ScriptedFilter(tmp_path / "one", {}) as one,
            ScriptedFilter(tmp_path / "two", {}, steps=0x800) as two,
        ):
            assert "refused" in (await scene.opened()).wanted
            await scene.ask(MailFrom(scene.key, GREETED, "s@example.com", ()))
            refused = Way("error", "5.1.1", "User unknown")
            await scene.ask(RcptTo(scene.key, None, "x@y", (), refused, refused=True))
            assert (one.told(b"R"), two.told(b"R")) == ([], [b"<x@y>\0"])
            scene.answers.close()

    asyncio.run(asyncio.wait_for(main(), 20))


def test_a_filter_may_name_the_macros_it_wants(tmp_path: Path) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        assert one.told(b"D")[1] == b"M{mail_addr}\0s@example.com\0"

    play(tmp_path, {}, story, extra=struct.pack(">I", 2) + b"{mail_addr} {nothing}\0")


def test_macros_go_before_a_command_that_nobody_knows(tmp_path: Path) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.opened()
        assert await scene.ask(UnknownCommand(scene.key, "FOO bar")) == Proceed()
        assert one.heard[-2:] == [(b"D", b"Uj\0mail.example\0"), (b"U", b"FOO bar\0")]

    play(tmp_path, {}, story, macros={"unknown_command": ("j", "{no_such}")})


def test_what_a_filter_does_not_want_it_is_not_told(tmp_path: Path) -> None:
    no_helo_rcpt_body_data = 0x2 | 0x8 | 0x10 | 0x200

    async def story(scene: Scene, one: ScriptedFilter) -> None:
        assert (await scene.opened()).wanted == ("mail", "unknown")
        await scene.mail()
        await scene.content()
        assert not {letter for letter, _ in one.heard} & {b"H", b"R", b"B", b"T"}

    play(tmp_path, {}, story, steps=no_helo_rcpt_body_data)


def test_events_that_are_not_answered_do_not_wait(tmp_path: Path) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        assert await scene.mail() == [Proceed()] * 4
        assert await scene.content() == Filtered()
        assert len(one.told(b"L")) == 2

    play(tmp_path, {}, story, steps=0x80 | 0x2000 | 0x4000 | 0x8000 | 0x80000)


def test_an_old_filter_leaves_fields_unanswered_if_main_cf_lets_it(tmp_path: Path) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        assert await scene.content() == Filtered()
        assert len(one.told(b"L")) == 2

    old = Protocol(2, silent_header=True)
    play(tmp_path, {}, story, protocol=old, version=2, actions=0x3F, steps=0x80)


def test_an_old_filter_that_asks_for_more_is_of_no_use(tmp_path: Path) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        assert isinstance(await scene.ask(OPEN), Rejected)

    old = Protocol(2)
    scene = play(tmp_path, {}, story, protocol=old, version=2, actions=0x3F, steps=0x80)
    assert "it wants what it was not offered" in scene.journal.lines[0]


@pytest.mark.parametrize(
    ("letter", "position"), [(b"H", 0), (b"M", 1), (b"R", 2), (b"T", 3)], ids=str
)
@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        (b"r", Rejected(550, "5.7.1", "Command rejected")),
        (b"t", Rejected(451, "4.7.1", "Service unavailable - try again later")),
        (b"y554 5.7.9 No\x25\0", Rejected(554, "5.7.9", "No%")),
        (b"y450 Later\0", Rejected(450, "4.0.0", "Later")),
        (b"y550-5.7.1 one\r\n550 5.7.1 two\0", Rejected(550, "5.7.1", "one\ntwo")),
        (b"4", Rejected(421, "4.7.0", "Service unavailable - try again later")),
        (b"d", Discarded()),
    ],
    ids=str,
)
def test_a_verdict_is_the_answer_to_its_event(
    tmp_path: Path, letter: bytes, position: int, said: bytes, verdict: object
) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        assert (await scene.mail())[position] == verdict

    play(tmp_path, {letter: (said,)}, story)


def test_a_client_that_is_refused_gets_no_session(tmp_path: Path) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        assert await scene.ask(OPEN) == Rejected(550, "5.7.1", "Command rejected")

    play(tmp_path, {b"C": (b"r",)}, story)


def test_who_accepts_a_client_hears_no_more_of_it(tmp_path: Path) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        assert await scene.content() == Filtered()
        assert {letter for letter, _ in one.heard} == {b"O", b"D", b"C"}

    play(tmp_path, {b"C": (b"a",)}, story)


def test_who_accepts_a_message_hears_of_the_next_one(tmp_path: Path) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        assert await scene.content() == Filtered()
        await scene.ask(MailFrom(scene.key, GREETED, "", ()))
        assert one.told(b"M") == [b"<s@example.com>\0SIZE=9\0", b"<>\0"]
        assert one.told(b"R") == []

    play(tmp_path, {b"M": (b"a",)}, story)


def test_a_message_that_does_not_come_is_called_off(tmp_path: Path) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        await scene.ask(Abort(scene.key))
        await scene.ask(Abort(scene.key))
        await scene.ask(MailFrom(scene.key, GREETED, "", ()))
        assert len(one.told(b"A")) == 1

    play(tmp_path, {}, story)


@pytest.mark.parametrize(
    ("reply", "rejected"),
    [
        (b"550-5.7.1 one\r\n550-5.7.1\r\n550 5.7.1 two", (550, "5.7.1", "one\n\ntwo")),
        (b"451-4.7.1 one\n451 4.7.1 two", (451, "4.7.1", "one\ntwo")),
        (b"550-one\r550 two", (550, "5.0.0", "one\ntwo")),
        (b"550 5.7.1", (550, "5.7.1", "")),
        (b"550-5.7.1 nothing follows", (550, "5.7.1", "nothing follows")),
        (b"550 5.7.1 a\x01b\tc", (550, "5.7.1", "a?b?c")),
        (b"550 5.7.1 100%% sure", (550, "5.7.1", "100% sure")),
        (b"550 5.7.1 gr\xc3\xbcn", (550, "5.7.1", "grün")),
    ],
    ids=str,
)
def test_a_filters_reply_keeps_its_lines(
    tmp_path: Path, reply: bytes, rejected: tuple[int, str, str]
) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        await scene.mail()
        assert await scene.content() == Rejected(*rejected)

    play(tmp_path, {b"L": (b"y" + reply + b"\0",)}, story)


def test_a_session_ends_with_its_connection(tmp_path: Path) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        await scene.mail()
        scene.answers.close()
        with pytest.raises(Unavailable):
            await scene.content()
        await scene.mail()
        await scene.ask(Close(scene.key))
        with pytest.raises(Unavailable):
            await scene.content()

    play(tmp_path, {}, story)
