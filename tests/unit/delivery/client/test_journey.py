"""What becomes of a message, whatever its servers say or do."""

from typing import Any

import pytest

from postroom.contracts.delivery import Report
from postroom.contracts.dns import Answer, Record, TryAgain
from postroom.delivery.client.program import deliver
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import DROP, Peer


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
            "MAIL FROM:<a@x.example> SIZE=21",
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
def test_a_host_that_greets_badly_defers_or_returns_the_mail(
    greeting: str, skip: bool, expected: str
) -> None:
    async def story() -> None:
        field = Field(rules(skip_5xx_greeting=skip))
        attempt_status = await sent(field, Peer(greeting=greeting))
        assert attempt_status[0].startswith(expected)

    play(story)


async def _start_beside(second: Peer, first: Peer) -> None:
    """``first`` has the port of ``second``, at another address."""
    first.port = second.port
    await first.start(address="127.0.0.2")


# Preference decides; both live on loopback addresses of their own.
TWO_EXCHANGERS = {
    ("y.example", "MX"): Answer((Record("second.example", 20), Record("first.example", 10)), 60),
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
        await _start_beside(second, first)
        field = Field(zone=TWO_EXCHANGERS)
        await deliver(field.ways, field.attempt(f"y.example:{second.port}"))
        assert [status[:10] for status in field.statuses] == ["2.0.0 sent"]
        assert f"relay=second.example[127.0.0.1]:{second.port}" in field.journal.lines[-1]
        assert any(line.startswith("0123456789AB: ") for line in field.journal.lines[:-1])
        await first.stop()
        await second.stop()

    play(story)


def test_an_exchanger_that_is_down_is_logged_and_passed_by() -> None:
    async def story() -> None:
        second = Peer()
        await second.start()
        field = Field(zone=TWO_EXCHANGERS)
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
        await _start_beside(second, first)
        field = Field(zone=TWO_EXCHANGERS)
        await deliver(field.ways, field.attempt(f"y.example:{second.port}"))
        assert field.statuses[0].startswith("5.1.1 bounced")
        assert second.sessions == []
        await first.stop()
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
