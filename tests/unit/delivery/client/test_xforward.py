"""A server that wants to hear where a message came from hears it, where main.cf says so."""

import pytest

from postroom.delivery.client.program import deliver
from postroom.mail.envelope import Client, Upstream
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import DROP, Peer

ALL = "XFORWARD NAME ADDR PROTO HELO SOURCE PORT IDENT"
CLIENT = Client("a.example", "2001:db8::1", 4711, "helo.example", "ESMTPSA", "PLAIN", "joe")
FORWARDED = Upstream("b.example[192.0.2.7]", "b.example", "192.0.2.7", 25, "", "UUCP")


def told(
    extensions: tuple[str, ...], send: bool = True, **envelope: object
) -> tuple[list[str], list[str]]:
    """The commands between EHLO and MAIL, and the log."""
    commands: list[str] = []
    lines: list[str] = []

    async def story() -> None:
        field, peer = Field(rules(send_xforward_command=send)), Peer(extensions=extensions)
        await sent(field, peer, **envelope)
        heard = peer.sessions[0].commands
        mail = next(n for n, command in enumerate(heard) if command.startswith("MAIL"))
        commands.extend(heard[1:mail])
        lines.extend(field.journal.lines)
        assert len(peer.contents) == 1

    play(story)
    return commands, lines


@pytest.mark.parametrize("pipelining", [("PIPELINING",), ()])
def test_all_that_is_known_of_the_client_goes_on(pipelining: tuple[str, ...]) -> None:
    commands, _ = told((*pipelining, ALL), client=CLIENT)
    assert commands == [
        "XFORWARD NAME=a.example ADDR=IPv6:2001:db8::1 PORT=4711",
        "XFORWARD PROTO=ESMTP HELO=helo.example IDENT=0123456789AB SOURCE=REMOTE",
    ]


def test_what_was_forwarded_to_us_is_forwarded_on() -> None:
    commands, _ = told((ALL,), client=CLIENT, forwarded=FORWARDED, forwarded_id="X+Y")
    assert commands == [
        "XFORWARD NAME=b.example ADDR=192.0.2.7 PORT=25",
        "XFORWARD PROTO=UUCP IDENT=X+2BY SOURCE=REMOTE",
    ]


def test_of_mail_that_no_client_brought_the_source_is_told() -> None:
    assert told((ALL,), rewrite_locally=True)[0] == ["XFORWARD SOURCE=LOCAL"]


def test_only_what_the_server_wants_is_told() -> None:
    assert told(("XFORWARD name HELO",), client=CLIENT)[0] == [
        "XFORWARD NAME=a.example",
        "XFORWARD HELO=helo.example",
    ]
    assert told(("XFORWARD ADDR",), client=Client(helo="x"))[0] == []


def test_nothing_is_told_unless_both_want_it() -> None:
    assert told((ALL,), send=False, client=CLIENT)[0] == []
    assert told(("SIZE",), client=CLIENT)[0] == []


@pytest.mark.parametrize("pipelining", [("PIPELINING",), ()])
def test_a_server_that_objects_gets_the_message_all_the_same(pipelining: tuple[str, ...]) -> None:
    async def story() -> None:
        peer = Peer(
            extensions=(*pipelining, ALL),
            replies={"XFORWARD NAME": "501 5.5.4 no", "XFORWARD PROTO": "550-5.7.0 a\r\n550 b"},
        )
        field = Field(rules(send_xforward_command=True))
        assert (await sent(field, peer, client=CLIENT))[0].startswith("2.0.0 sent")
        host = "warning: host 127.0.0.1[127.0.0.1] said:"
        assert field.journal.lines[:2] == [
            f"{host} 501 5.5.4 no (in reply to XFORWARD name/address command)",
            f"{host} 550-5.7.0 a 550 b (in reply to XFORWARD helo/protocol command)",
        ]

    play(story)


@pytest.mark.parametrize("pipelining", [("PIPELINING",), ()])
def test_a_connection_that_is_lost_meanwhile_puts_the_message_off(
    pipelining: tuple[str, ...],
) -> None:
    async def story() -> None:
        peer = Peer(extensions=(*pipelining, ALL), replies={"XFORWARD PROTO": DROP})
        field = Field(rules(send_xforward_command=True))
        (status,) = await sent(field, peer, client=CLIENT)
        assert status.startswith("4.4.2 deferred (lost connection with ")
        assert status.endswith(" while sending XFORWARD protocol/helo_name)")

    play(story)


def test_each_message_on_a_connection_is_told_of() -> None:
    async def story() -> None:
        peer = Peer(extensions=("PIPELINING", "XFORWARD ADDR"))
        await peer.start()
        nexthop = f"[127.0.0.1]:{peer.port}"
        settings = rules(send_xforward_command=True, connection_cache_destinations=(nexthop,))
        field = Field(settings)
        for client in (CLIENT, Client(address="192.0.2.8")):
            await deliver(field.ways, field.attempt(nexthop, client=client))
        await peer.stop()
        (session,) = peer.sessions
        assert [one for one in session.commands if one.startswith("XFORWARD")] == [
            "XFORWARD ADDR=IPv6:2001:db8::1",
            "XFORWARD ADDR=192.0.2.8",
        ]

    play(story)
