"""Filters hear what happens in their order, and what they say is done, or checked and refused."""

import asyncio
import os
import struct
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from postroom.contracts.milter import (
    Abort,
    Close,
    Content,
    DataBegins,
    Discarded,
    Filtered,
    Hello,
    LocalMessage,
    MailFrom,
    Open,
    Opened,
    Proceed,
    RcptTo,
    Rejected,
    Way,
)
from postroom.ipc.contract import BrokenContract, Unavailable
from postroom.ipc.server import WithDescriptors
from postroom.mail.envelope import Client, Envelope, Recipient
from postroom.maillog.milter import MilterLog
from postroom.milter.answers import Answers, Sessions
from postroom.milter.settings import Filter, FilterSet
from unit.milter.scripted_filter import Script, ScriptedFilter

CLIENT = Client("client.example", "192.0.2.1", 4711)
GREETED = Client("client.example", "192.0.2.1", 4711, "helo.example", "ESMTP")
OPEN = Open("smtpd/smtp", CLIENT, "client.example", "OK", "192.0.2.9")
HEADER = b"Subject: one\r\n two\r\nTo: a@example.com\r\n"
BODY = b"text\r\n..dot\r\n"
KINDS = ("mail", "rcpt")
MACROS = {
    "connect": ("j", "{daemon_name}", "_"),
    "mail": ("i", "{mail_addr}"),
    "end_of_data": ("i",),
}


class Journal:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def send(self, _: object, text: str, __: object) -> None:
        self.lines.append(text)


class Scene:
    def __init__(self, *filters: Filter, macros: dict[str, tuple[str, ...]] = MACROS) -> None:
        self.journal = Journal()
        known = FilterSet(
            filters=filters,
            general=at(Path(), "tempfail"),
            directory="/",
            macros=macros,
            defaults={"j": "mail.example"},
        )
        sets = {"smtpd/smtp": known, "cleanup/cleanup": known}
        sessions = Sessions(sets, MilterLog(self.journal))  # type: ignore[arg-type]
        self.answers = Answers(sessions)
        self.key = ""

    async def ask(self, question: Any, *descriptors: int) -> Any:
        return await self.answers.answer(question, list(descriptors))

    async def opened(self) -> Opened:
        opened = await self.ask(OPEN)
        assert isinstance(opened, Opened)
        self.key = opened.session
        return opened

    async def mail(self) -> list[Any]:
        """What is said of everything before the content."""
        await self.opened()
        return [
            await self.ask(Hello(self.key, GREETED)),
            await self.ask(MailFrom(self.key, GREETED, "s@example.com", ("SIZE=9",))),
            await self.ask(RcptTo(self.key, None, "a@example.com", ())),
            await self.ask(DataBegins(self.key)),
        ]

    async def content(self, header: bytes = HEADER, body: bytes = BODY) -> Any:
        return await self.ask(Content(self.key, "ABC123", header, body))


def at(path: Path, action: str = "tempfail") -> Filter:
    return Filter(
        name=f"unix:{path.name}",
        path=str(path),
        connect_timeout=5,
        command_timeout=5,
        content_timeout=5,
        protocol=6,
        default_action=action,
    )


def play(
    tmp_path: Path,
    script: Script,
    story: Callable[[Scene, ScriptedFilter], Awaitable[None]],
    *,
    action: str = "tempfail",
    macros: dict[str, tuple[str, ...]] = MACROS,
    **options: Any,
) -> Scene:
    async def main() -> Scene:
        scene = Scene(at(tmp_path / "one", action), macros=macros)
        async with ScriptedFilter(tmp_path / "one", script, **options) as one:
            await story(scene, one)
            scene.answers.close()
        return scene

    return asyncio.run(asyncio.wait_for(main(), 20))


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


def test_a_filter_changes_header_envelope_and_body(tmp_path: Path) -> None:
    changes = (
        b"hX-Last\0yes\0",
        b"i\0\0\0\0X-First\0a\nb\0",
        b"m\0\0\0\1to\0b@example.com\0",
        b"m\0\0\0\1Subject\0\0",
        b"m\0\0\0\2X-New\0new\0",
        b"+<c@example.com>\0",
        b"-<a@example.com>\0",
        b"e<other@example.com>\0",
        b"qlooks odd\0",
        b"bnew\r\n.bo",
        b"bdy\r\n",
        b"p",
        b"c",
    )

    async def story(scene: Scene, _: ScriptedFilter) -> None:
        await scene.mail()
        assert await scene.content() == Filtered(
            b"To: b@example.com\r\nX-Last: yes\r\nX-New: new\r\n",
            b"new\r\n..body\r\n",
            "other@example.com",
            ("c@example.com",),
            ("a@example.com",),
            "looks odd",
            above=b"X-First: a\r\n\tb\r\n",
        )

    play(tmp_path, {b"E": changes}, story)


def test_the_second_filter_sees_what_the_first_one_made(tmp_path: Path) -> None:
    async def main() -> None:
        scene = Scene(at(tmp_path / "one"), at(tmp_path / "two"))
        first = {b"E": (b"hX-One\0yes\0", b"bnew\r\n", b"c")}
        second = {b"E": (b"m\0\0\0\1X-One\0seen\0", b"c")}
        async with (
            ScriptedFilter(tmp_path / "one", first),
            ScriptedFilter(tmp_path / "two", second) as two,
        ):
            await scene.mail()
            assert await scene.content() == Filtered(HEADER + b"X-One: seen\r\n", b"new\r\n")
            assert two.told(b"L")[-1] == b"X-One\0yes\0"
            assert two.told(b"B") == [b"new\r\n"]
            scene.answers.close()

    asyncio.run(asyncio.wait_for(main(), 20))


def test_what_a_filter_did_not_ask_for_it_may_not_do(tmp_path: Path) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        await scene.mail()
        assert await scene.content() == Filtered(HEADER + b"X: y\r\n")

    changes = (b"hX\0y\0", b"+<c@example.com>\0", b"bnew\r\n", b"c")
    play(tmp_path, {b"E": changes}, story, actions=0x1)


def test_a_large_body_comes_and_goes_as_a_descriptor(tmp_path: Path) -> None:
    old = b"X: y\r\n\r\n" + b"..\r\n" * 50_000
    file = tmp_path / "message"
    file.write_bytes(old)

    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        descriptor = os.open(file, os.O_RDONLY)
        answer = await scene.ask(Content(scene.key, "ABC123", b"X: y\r\n", None, 8), descriptor)
        assert b"".join(one.told(b"B")) == b".\r\n" * 50_000
        assert isinstance(answer, WithDescriptors)
        assert answer.answer == Filtered()
        (new,) = answer.descriptors
        assert os.pread(new, 1_000_000, 0) == b"..." + b"x" * 300_000 + b"\r\n"
        os.close(new)
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)

    play(tmp_path, {b"E": (b"b..", *(b"b" + b"x" * 30_000,) * 10, b"c")}, story)


def test_a_descriptor_nobody_asked_for_ends_the_connection(tmp_path: Path) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        await scene.mail()
        with pytest.raises(BrokenContract):
            await scene.ask(
                Content(scene.key, "ABC123", HEADER, BODY), os.open("/dev/null", os.O_RDONLY)
            )

    play(tmp_path, {}, story)


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("tempfail", Rejected(451, "4.7.1", "Service unavailable - try again later")),
        ("reject", Rejected(550, "5.5.0", "Service unavailable")),
        ("shutdown", Rejected(421, "4.7.0", "Service unavailable - try again later")),
        ("accept", Filtered()),
        ("quarantine", Filtered(hold="milter was not available")),
    ],
)
@pytest.mark.parametrize("fault", [b"", b"?", b"hX\0y", b"+<a\x01@x>\0"], ids=str)
def test_a_filter_that_fails_is_a_matter_of_the_default_action(
    tmp_path: Path, action: str, answer: object, fault: bytes
) -> None:
    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        assert await scene.content() == answer
        assert one.sessions == 1

    scene = play(tmp_path, {b"L": (fault,)}, story, action=action)
    assert len(scene.journal.lines) == 1
    assert scene.journal.lines[0].startswith("warning: milter unix:one: ")


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


@pytest.mark.parametrize("reply", [b"550", b"550 ", b"999 hi", b"250 2.0.0 hi", b"550 4.7.1 no"])
def test_a_reply_that_no_server_may_give_is_a_matter_of_configuration(
    tmp_path: Path, reply: bytes
) -> None:
    """Reply and line in the log are Postfix's."""

    async def story(scene: Scene, one: ScriptedFilter) -> None:
        await scene.mail()
        refused = Rejected(451, "4.3.5", "Server configuration problem - try again later")
        assert await scene.content() == refused
        assert one.sessions == 1

    scene = play(tmp_path, {b"L": (b"y" + reply + b"\0",)}, story, action="accept")
    assert scene.journal.lines == [f"warning: milter unix:one: malformed reply: {reply.decode()}"]


def test_a_filter_that_is_away_refuses_clients_for_now(tmp_path: Path) -> None:
    async def main() -> Scene:
        scene = Scene(at(tmp_path / "nobody"))
        assert isinstance(await scene.ask(OPEN), Rejected)
        return scene

    lines = asyncio.run(main()).journal.lines
    assert lines == ["warning: connect to Milter service unix:nobody: No such file or directory"]


def test_a_message_of_this_machine_is_told_as_if_it_came_from_it(tmp_path: Path) -> None:
    recipients = (Recipient("a@example.com"), Recipient("b@example.com"))
    envelope = Envelope("s@example.com", recipients, 0.0)
    question = LocalMessage("cleanup/cleanup", "ABC123", envelope, HEADER, BODY)

    async def story(scene: Scene, one: ScriptedFilter) -> None:
        assert await scene.ask(question) == Filtered(HEADER + b"X: y\r\n")
        assert one.told(b"C") == [b"localhost\0004\0\000127.0.0.1\0"]
        assert one.told(b"R") == [b"<a@example.com>\0", b"<b@example.com>\0"]
        assert one.heard[-1][0] == b"E"

    play(tmp_path, {b"E": (b"hX\0y\0", b"c")}, story)


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


def test_a_table_may_name_other_filters_for_a_client(tmp_path: Path) -> None:
    other = f"unix:{tmp_path}/other, {{ unix:{tmp_path}/nobody, default_action=accept }}"

    async def story(scene: Scene, one: ScriptedFilter) -> None:
        async with ScriptedFilter(tmp_path / "other", {b"C": (b"r",)}) as there:
            question = structs.replace(OPEN, filters=other)
            assert await scene.ask(question) == Rejected(550, "5.7.1", "Command rejected")
            assert (one.sessions, there.sessions) == (0, 1)

    lines = play(tmp_path, {}, story).journal.lines
    away = "No such file or directory"
    assert lines == [f"warning: connect to Milter service unix:{tmp_path}/nobody: {away}"]


@pytest.mark.parametrize("text", ["foo:bar", "{inet:x:1", "{inet:127.0.0.1:1, protocol=9}", "{}"])
def test_a_table_that_names_no_filter_puts_its_clients_off(tmp_path: Path, text: str) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        refused = Rejected(451, "4.3.5", "Server configuration problem - try again later")
        assert await scene.ask(structs.replace(OPEN, filters=text)) == refused

    (line,) = play(tmp_path, {}, story).journal.lines
    assert line.startswith(f"warning: smtpd_milter_maps: {text}: ")


def test_a_service_without_filters_is_not_answered(tmp_path: Path) -> None:
    async def story(scene: Scene, _: ScriptedFilter) -> None:
        with pytest.raises(Unavailable):
            await scene.ask(Open("smtpd/other", CLIENT, "", "OK", ""))

    play(tmp_path, {}, story)
