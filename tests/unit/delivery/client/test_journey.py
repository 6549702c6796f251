"""What becomes of a message, whatever its servers say or do."""

import asyncio
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from postroom.contracts.delivery import Report
from postroom.contracts.dns import Answer, Record, TryAgain
from postroom.delivery.client.program import deliver
from postroom.mail.status import Reach
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import DROP, HANG, Peer


def test_a_message_arrives_byte_for_byte_and_its_reply_is_logged() -> None:
    async def story() -> None:
        field, peer = Field(), Peer()
        (status,) = await sent(field, peer, content=b"Subject: x\r\n\r\n..dot\r\n")
        assert status == "2.0.0 sent (250 2.0.0 Ok: queued as ABC)"
        assert peer.contents == [b"Subject: x\r\n\r\n..dot\r\n"]
        relay = f"relay=127.0.0.1[127.0.0.1]:{peer.port}, delay="
        assert relay in field.journal.lines[0]
        assert peer.sessions[0].commands[:3] == [
            "EHLO me.example",
            "MAIL FROM:<a@x.example> SIZE=21 BODY=7BIT",
            "RCPT TO:<b@y.example> ORCPT=rfc822;b@y.example",
        ]

    play(story)


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
def test_each_recipient_gets_the_servers_word(extensions: tuple[str, ...]) -> None:
    async def story() -> None:
        peer = Peer(
            extensions=extensions,
            replies={
                "RCPT TO:<bad@": "550-5.1.1 no\r\n550 5.1.1 such user",
                "RCPT TO:<full@": "452 4.2.2 full",
                "RCPT TO:<many@": "552 too many",
            },
        )
        field = Field()
        await sent(field, peer, "bad@y.example", "ok@y.example", "full@y.example", "many@y.example")
        host = "host 127.0.0.1[127.0.0.1] said:"
        reason = "(in reply to RCPT TO command)"
        assert sorted(field.statuses) == [
            "2.0.0 sent (250 2.0.0 Ok: queued as ABC)",
            f"4.0.0 deferred ({host} 552 too many {reason})",
            f"4.2.2 deferred ({host} 452 4.2.2 full {reason})",
            f"5.1.1 bounced ({host} 550-5.1.1 no 550 5.1.1 such user {reason})",
        ]

    play(story)


@pytest.mark.parametrize(
    ("replies", "ends", "code", "text"),
    [
        ({"MAIL": "550 5.7.1 no"}, None, "5.7.1 bounced", "said: 550 5.7.1 no (in reply to MAIL"),
        ({"DATA": "451 4.3.0 later"}, None, "4.3.0 deferred", "(in reply to DATA command)"),
        ({"DATA": "250 what"}, None, "5.5.0 bounced", "Protocol error: host"),
        ({}, ("554 5.7.1 spam",), "5.7.1 bounced", "(in reply to end of DATA command)"),
        ({}, ("250",), "2.0.0 sent", "(250)"),
        ({"MAIL": DROP}, None, "4.4.2 deferred", "while sending MAIL FROM)"),
        ({"RCPT": DROP}, None, "4.4.2 deferred", "while sending RCPT TO)"),
        ({"DATA": DROP}, None, "4.4.2 deferred", "while sending DATA command)"),
        ({}, (DROP,), "4.4.2 deferred", "while sending end of data -- message may be sent more"),
        ({"EHLO": DROP}, None, "4.4.2 deferred", "while performing the EHLO handshake)"),
        ({"EHLO": "500 what", "HELO": "550 go"}, None, "5.0.0 bounced", "refused to talk to me"),
        ({"EHLO": "421 busy"}, None, "4.0.0 deferred", "refused to talk to me: 421 busy)"),
        ({"RCPT": "421 4.3.2 bye"}, None, "4.3.2 deferred", "said: 421 4.3.2 bye"),
    ],
)
def test_a_single_server_decides(
    replies: dict[str, str], ends: tuple[str, ...] | None, code: str, text: str
) -> None:
    async def story() -> None:
        peer = Peer(replies=replies, ends=ends or ("250 ok",))
        (status,) = await sent(Field(), peer)
        assert status.startswith(code)
        assert text in status

    play(story)


@pytest.mark.parametrize(
    ("greeting", "skip", "expected"),
    [
        ("421 4.3.2 busy", True, "4.3.2 deferred"),
        ("554 5.7.1 go away", True, "4.7.1 deferred"),
        ("554 5.7.1 go away", False, "5.7.1 bounced"),
        (DROP, True, "4.4.2 deferred (lost connection with 127.0.0.1[127.0.0.1] while receiving"),
    ],
)
def test_greetings(greeting: str, skip: bool, expected: str) -> None:
    async def story() -> None:
        field = Field(rules(skip_5xx_greeting=skip))
        attempt_status = await sent(field, Peer(greeting=greeting))
        assert attempt_status[0].startswith(expected)

    play(story)


@pytest.mark.parametrize(
    ("replies", "doing"),
    [
        ({"EHLO": HANG}, "performing the EHLO handshake"),
        ({"MAIL": HANG}, "sending MAIL FROM"),
        ({"RCPT": HANG}, "sending RCPT TO"),
        ({"DATA": HANG}, "sending DATA command"),
    ],
)
def test_a_server_that_hangs_is_left_at_the_deadline(replies: dict[str, str], doing: str) -> None:
    async def story() -> None:
        quick = rules(helo_timeout=0.1, mail_timeout=0.1, rcpt_timeout=0.1, data_init_timeout=0.1)
        (status,) = await sent(Field(quick), Peer(replies=replies))
        assert status == (
            f"4.4.2 deferred (conversation with 127.0.0.1[127.0.0.1] timed out while {doing})"
        )

    play(story)


def _two_exchangers(first: Peer, second: Peer) -> dict[tuple[str, str], Answer]:
    """Preference decides; both live on loopback addresses of their own."""
    mx = Answer((Record("second.example", 20), Record("first.example", 10)), 60)
    return {
        ("y.example", "MX"): mx,
        ("first.example", "A"): Answer((Record("127.0.0.2"),), 60),
        ("second.example", "A"): Answer((Record("127.0.0.1"),), 60),
    }


@pytest.mark.parametrize(
    "first",
    [
        Peer(greeting="554 5.7.1 not you"),
        Peer(replies={"MAIL": "451 4.3.0 later"}),
        Peer(replies={"RCPT": "450 4.2.0 greylisted"}),
        Peer(replies={"DATA": DROP}),
        Peer(ends=(DROP,)),
        Peer(replies={"EHLO": "421 4.3.2 busy"}),
    ],
)
def test_what_one_exchanger_defers_the_next_one_gets(first: Peer) -> None:
    async def story() -> None:
        second = Peer()
        await second.start()
        server = await asyncio.start_server(first._serve, "127.0.0.2", second.port)
        field = Field(zone=_two_exchangers(first, second))
        await deliver(field.ways, field.attempt(f"y.example:{second.port}"))
        assert [status[:10] for status in field.statuses] == ["2.0.0 sent"]
        assert f"relay=second.example[127.0.0.1]:{second.port}" in field.journal.lines[-1]
        assert any(line.startswith("0123456789AB: ") for line in field.journal.lines[:-1])
        server.close()
        await second.stop()

    play(story)


def test_an_exchanger_that_is_down_is_logged_and_passed_by() -> None:
    async def story() -> None:
        second = Peer()
        await second.start()
        field = Field(zone=_two_exchangers(second, second))
        await deliver(field.ways, field.attempt(f"y.example:{second.port}"))
        down = f"connect to first.example[127.0.0.2]:{second.port}: Connection refused"
        assert field.journal.lines[0] == down
        assert field.statuses[0].startswith("2.0.0 sent")
        await second.stop()

    play(story)


def test_a_bounce_from_the_first_exchanger_is_final() -> None:
    async def story() -> None:
        first, second = Peer(replies={"RCPT": "550 5.1.1 no"}), Peer()
        await second.start()
        server = await asyncio.start_server(first._serve, "127.0.0.2", second.port)
        field = Field(zone=_two_exchangers(first, second))
        await deliver(field.ways, field.attempt(f"y.example:{second.port}"))
        assert field.statuses[0].startswith("5.1.1 bounced")
        assert second.sessions == []
        server.close()
        await second.stop()

    play(story)


@pytest.mark.parametrize(
    ("zone", "expected", "whole_destination"),
    [
        (
            {},
            "5.4.4 bounced (Host or domain name not found. Name service error for "
            "name=y.example type=A: Host not found)",
            False,
        ),
        (
            {("y.example", "MX"): TryAgain("SERVFAIL")},
            "4.4.3 deferred (Host or domain name not found. Name service error for "
            "name=y.example type=MX: Host not found, try again)",
            True,
        ),
        (
            {("y.example", "MX"): Answer((Record("", 0),), 60)},
            "5.1.0 bounced (Domain y.example does not accept mail (nullMX))",
            False,
        ),
        (
            {
                ("y.example", "MX"): Answer((Record("us.example", 10),), 60),
                ("us.example", "A"): Answer((Record("192.0.2.99"),), 60),
            },
            "5.4.6 bounced (mail for y.example loops back to myself)",
            False,
        ),
    ],
)
def test_destinations_without_a_host(
    zone: dict[tuple[str, str], Any], expected: str, whole_destination: bool
) -> None:
    async def story() -> None:
        field = Field(zone=zone)
        attempt = field.attempt("y.example")
        await deliver(field.ways, attempt)
        assert field.statuses == [expected]
        assert bool(attempt.report().nexthop_failure) is whole_destination

    play(story)


def test_the_scheduler_hears_when_a_destination_is_down_and_only_then() -> None:
    async def story() -> None:
        field, peer = Field(), Peer(replies={"RCPT": "450 4.2.0 greylisted"})
        await peer.start()
        busy = field.attempt(f"[127.0.0.1]:{peer.port}")
        await deliver(field.ways, busy)
        assert busy.report().nexthop_failure == ""
        await peer.stop()
        down = field.attempt(f"[127.0.0.1]:{peer.port}")
        await deliver(field.ways, down)
        assert down.report().nexthop_failure.endswith("Connection refused")

    play(story)


def test_fallback_relays_get_what_cannot_be_found() -> None:
    async def story() -> None:
        peer = Peer()
        await peer.start()
        field = Field(rules(fallback_relay=(f"[127.0.0.1]:{peer.port}",)))
        await deliver(field.ways, field.attempt("nowhere.example"))
        assert field.statuses[0].startswith("2.0.0 sent")
        await peer.stop()

    play(story)


OURS = {
    ("y.example", "MX"): Answer((Record("us.example", 10),), 60),
    ("us.example", "A"): Answer((Record("192.0.2.99"),), 60),
}


def test_mail_that_would_come_back_is_passed_to_best_mx_transport() -> None:
    async def story() -> None:
        field = Field(rules(best_mx_transport="local:there", fallback_relay=("y.example",)), OURS)
        attempt = field.attempt("y.example", "b@y.example", "c@y.example")
        await deliver(field.ways, attempt)
        assert field.journal.lines == [
            "0123456789AB: passing <b@y.example> to transport=local",
            "0123456789AB: passing <c@y.example> to transport=local",
        ]
        assert attempt.report() == Report((), passed=(0, 1))

    play(story)


@pytest.mark.parametrize(
    ("nexthop", "named"),
    [
        ("y.example", {"relayhost": "Y.example"}),
        ("z.example", {"relayhost": "z.example"}),
        ("z.example", {"fallback_relay": ("y.example",)}),
        ("z.example", {"fallback_relay": ("[nowhere.example]",)}),
        ("y.example", {"best_mx_transport": ":there"}),
    ],
)
def test_what_main_cf_names_in_error_costs_no_mail(nexthop: str, named: dict[str, Any]) -> None:
    """Postfix finds no other words for it."""

    async def story() -> None:
        field = Field(rules(**({"best_mx_transport": "local"} | named)), OURS)
        attempt = field.attempt(nexthop)
        await deliver(field.ways, attempt)
        (name,) = named
        parameter = "smtp_fallback_relay" if name == "fallback_relay" else name
        assert field.journal.lines[0] == f"warning: {parameter} configuration problem"
        (outcome,) = attempt.report().outcomes
        assert (outcome.code, attempt.report().passed) == ("4.3.5", ())

    play(story)


def test_a_connection_is_kept_only_while_mail_for_it_comes() -> None:
    async def story() -> None:
        field, peer = Field(), Peer()
        await peer.start()
        nexthop = f"[127.0.0.1]:{peer.port}"
        for _ in range(4):
            await deliver(field.ways, field.attempt(nexthop))
        assert [len(session.contents) for session in peer.sessions] == [1, 3]
        assert "conn_use=3" in field.journal.lines[-1]
        assert field.activity.busy, "an idle connection wants to be closed in good order"
        await peer.stop()
        await asyncio.sleep(0.05)
        assert not field.activity.busy

    play(story)


def test_a_kept_connection_that_died_costs_nothing() -> None:
    async def story() -> None:
        field, peer = Field(), Peer()
        await peer.start()
        nexthop = f"[127.0.0.1]:{peer.port}"
        for _ in range(2):
            await deliver(field.ways, field.attempt(nexthop))
        peer.replies = {"MAIL": DROP}
        asyncio.get_running_loop().call_later(0.05, setattr, peer, "replies", {})
        await deliver(field.ways, field.attempt(nexthop))
        assert len(peer.sessions) == 3
        await peer.stop()

    play(story)


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


def test_a_large_message_goes_out_in_pieces(tmp_path: Path) -> None:
    async def story() -> None:
        body = b"Subject: big\r\n\r\n" + b"0123456789abcdef\r\n" * 100_000
        (tmp_path / "m").write_bytes(body)
        field, peer = Field(), Peer()
        (status,) = await sent(field, peer, content=tmp_path / "m")
        assert status.startswith("2.0.0 sent")
        assert peer.contents == [body]

    play(story)


def test_long_lines_are_folded_and_others_left_alone() -> None:
    async def story() -> None:
        field, peer = Field(), Peer()
        await sent(field, peer, content=b"short\r\n" + b"x" * 2500 + b"\r\n" + b"y" * 998 + b"\r\n")
        expected = b"short\r\n" + b"x" * 998 + b"\r\n " + b"x" * 997 + b"\r\n " + b"x" * 505
        assert peer.contents == [expected + b"\r\n" + b"y" * 998 + b"\r\n"]

    play(story)


def test_what_a_server_cannot_take_is_not_offered() -> None:
    async def story() -> None:
        peer = Peer(extensions=("SIZE 10",))
        (status,) = await sent(Field(), peer)
        assert status.startswith("5.3.4 bounced (message size 21 exceeds size limit 10 of server")
        assert len(peer.sessions[0].commands) <= 2
        for content, code in (
            (b"Subject: \xc3\xa9\r\n\r\n", "5.6.7 b"),
            (b"S: e\r\n\r\n", "2.0.0 s"),
        ):
            (status,) = await sent(Field(), Peer(), content=content, smtputf8=True)
            assert status.startswith(code)

    play(story)


def test_8bit_content_is_converted_for_a_server_that_takes_seven_bits_only(tmp_path: Path) -> None:
    async def story() -> None:
        content = b"Content-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa9\r\n"
        converted = b"Content-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A9\r\n"
        (tmp_path / "m").write_bytes(content)
        for source in (content, tmp_path / "m"):
            peer = Peer(extensions=())
            await sent(Field(), peer, content=source, body="8BITMIME")
            assert peer.contents == [converted]
        for settings, extensions in (
            (rules(), ("8BITMIME",)),
            (rules(disable_mime_output_conversion=True), ()),
        ):
            peer = Peer(extensions=extensions)
            await sent(Field(settings), peer, content=content, body="8BITMIME")
            assert peer.contents == [content]

    play(story)


def test_a_server_with_our_name_is_us() -> None:
    async def story() -> None:
        field = Field(rules(tcp_port="25"))
        peer = Peer(name="me.example")
        (status,) = await sent(field, peer)
        assert status.startswith("2.0.0 sent"), "another port may well be another server here"

    play(story)


def test_a_nexthop_that_makes_no_sense_defers() -> None:
    async def story() -> None:
        field = Field()
        await deliver(field.ways, field.attempt("[unclosed"))
        assert field.statuses[0].startswith("4.3.5 deferred (Server configuration error")

    play(story)


def test_an_endless_reply_ends_the_conversation() -> None:
    async def story() -> None:
        peer = Peer(replies={"MAIL": "250-x\r\n" * 200_000 + "250 x"})
        (status,) = await sent(Field(), peer)
        assert status.startswith("4.4.2 deferred")
        assert "too long" in status

    play(story)


@pytest.mark.parametrize("extensions", [("PIPELINING", "DSN"), ()])
def test_a_probe_hears_of_each_recipient_and_sends_no_message(extensions: tuple[str, ...]) -> None:
    async def story() -> None:
        replies = {"RCPT TO:<bad@": "550 5.1.1 no such user", "RCPT": "250 2.1.5 Ok"}
        peer = Peer(extensions=extensions, replies=replies)
        field = Field()
        await sent(field, peer, "ok@y.example", "bad@y.example", trace="verify")
        assert field.statuses == [
            "2.1.5 deliverable (250 2.1.5 Ok)",
            "5.1.1 undeliverable (host 127.0.0.1[127.0.0.1] said: 550 5.1.1 no such user "
            "(in reply to RCPT TO command))",
        ]
        assert peer.contents == []
        verbs = [command.split(" ")[0] for command in peer.sessions[0].commands]
        assert [verb for verb in verbs if verb != "QUIT"] == ["EHLO", "MAIL", "RCPT", "RCPT"]

    play(story)


def test_a_message_after_a_probe_begins_with_a_reset() -> None:
    async def story() -> None:
        peer = Peer()
        await peer.start()
        nexthop = f"[127.0.0.1]:{peer.port}"
        field = Field(rules(connection_cache_destinations=(nexthop,)))
        await deliver(field.ways, field.attempt(nexthop, trace="verify"))
        await deliver(field.ways, field.attempt(nexthop))
        await peer.stop()
        (session,) = peer.sessions
        verbs = [command.split(" ")[0] for command in session.commands]
        assert verbs[:7] == ["EHLO", "MAIL", "RCPT", "RSET", "MAIL", "RCPT", "DATA"]
        assert len(peer.contents) == 1

    play(story)


def test_whom_a_probe_cannot_reach_now_is_undeliverable() -> None:
    async def story() -> None:
        field, peer = Field(), Peer(replies={"RCPT": "450 4.2.0 greylisted"})
        (status,) = await sent(field, peer, trace="verify")
        assert status.startswith("4.2.0 undeliverable (host 127.0.0.1[127.0.0.1] said: 450 4.2.0")

    play(story)


@pytest.mark.parametrize("extensions", [("PIPELINING", "DSN"), ()])
def test_a_probe_can_end_with_the_reply_to_data(extensions: tuple[str, ...]) -> None:
    """smtp_address_verify_target: the server waits for content, so the connection ends there."""

    async def story() -> None:
        replies = {"RCPT TO:<bad@": "550 5.1.1 no such user"}
        peer = Peer(extensions=extensions, replies=replies)
        field = Field(rules(address_verify_target="data"))
        await sent(field, peer, "ok@y.example", "bad@y.example", trace="verify")
        assert sorted(field.statuses) == [
            "2.0.0 deliverable (354 go)",
            "5.1.1 undeliverable (host 127.0.0.1[127.0.0.1] said: 550 5.1.1 no such user "
            "(in reply to RCPT TO command))",
        ]
        assert peer.contents == []
        verbs = [command.split(" ")[0] for command in peer.sessions[0].commands]
        assert verbs == ["EHLO", "MAIL", "RCPT", "RCPT", "DATA"]

    play(story)


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
def test_what_is_refused_at_data_is_undeliverable_where_a_probe_goes_so_far(
    extensions: tuple[str, ...],
) -> None:
    async def story() -> None:
        peer = Peer(extensions=extensions, replies={"DATA": "550 5.7.1 no"})
        (status,) = await sent(Field(rules(address_verify_target="data")), peer, trace="verify")
        assert status.startswith("5.7.1 undeliverable (host 127.0.0.1[127.0.0.1] said: 550 5.7.1")

    play(story)


@pytest.mark.parametrize("whole", [True, False])
def test_a_dripping_reply_has_to_come_whole_in_its_time_where_main_cf_says_so(
    whole: bool,
) -> None:
    """smtp_per_request_deadline"""

    async def story() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with closing(writer):
                for byte in b"220 mx.example\r\n":
                    writer.write(bytes([byte]))
                    await asyncio.sleep(0.05)

        server = await asyncio.start_server(serve, "127.0.0.1")
        async with server:
            settings = rules(helo_timeout=0.4, per_request_deadline=whole)
            field = Field(settings)
            port = server.sockets[0].getsockname()[1]
            await deliver(field.ways, field.attempt(f"[127.0.0.1]:{port}"))
        expected = "timed out while receiving the initial" if whole else "lost connection with"
        assert expected in field.statuses[0]

    play(story)


@pytest.mark.parametrize(("rate", "arrives"), [(10_000_000, True), (500_000_000, False)])
def test_content_has_to_leave_at_a_rate_where_replies_have_to_come_whole(
    tmp_path: Path, rate: int, arrives: bool
) -> None:
    """smtp_min_data_rate: a slow server gets so much time more, and no more."""
    content = tmp_path / "large"
    content.write_bytes(b"y" * 997 + b"\r\n" + (b"x" * 997 + b"\r\n") * 30_000)

    async def story() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with closing(writer):
                writer.write(b"220 mx.example\r\n")
                for reply in (b"250 mx.example", b"250 ok", b"250 ok", b"354 go"):
                    await reader.readline()
                    writer.write(reply + b"\r\n")
                tail = b""
                while not tail.endswith(b"\r\n.\r\n"):
                    piece = await reader.read(1_000_000)
                    if not piece:
                        break
                    tail = (tail + piece)[-5:]
                    await asyncio.sleep(0.05)
                else:
                    writer.write(b"250 ok\r\n")
                    await reader.readline()

        limit = 1_000_000
        async with await asyncio.start_server(serve, "127.0.0.1", limit=limit) as server:
            field = Field(
                rules(
                    data_xfer_timeout=0.4,
                    per_request_deadline=True,
                    min_data_rate=rate,
                    line_length_limit=0,
                )
            )
            port = server.sockets[0].getsockname()[1]
            await deliver(field.ways, field.attempt(f"[127.0.0.1]:{port}", content=content))
        assert field.statuses[0].startswith("2.0.0 sent" if arrives else "4.4.2 deferred (convers")

    play(story)
