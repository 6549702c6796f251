"""smtpd_upstream_proxy_protocol: the client is who the proxy says, or nobody is served."""

import socket
import struct
from pathlib import Path
from typing import Any

import pytest

from unit.reception.smtpd.scene import Scene, play

PROXIED: dict[str, Any] = {"smtpd_upstream_proxy_protocol": "haproxy"}
SIGNATURE = b"\r\n\r\n\0\r\nQUIT\n"
PORTS = struct.pack("!HH", 4711, 25)


def version_2(command: int, family: int, addresses: bytes) -> bytes:
    return SIGNATURE + struct.pack("!BBH", 0x20 | command, family, len(addresses)) + addresses


def addresses(kind: socket.AddressFamily, client: str, server: str) -> bytes:
    return b"".join(socket.inet_pton(kind, one) for one in (client, server)) + PORTS


FOUR = version_2(1, 0x11, addresses(socket.AF_INET, "192.0.2.1", "192.0.2.9"))
SIX = version_2(1, 0x21, addresses(socket.AF_INET6, "2001:db8::1", "2001:db8::9"))


@pytest.mark.parametrize(
    ("header", "client"),
    [
        (b"PROXY TCP4 192.0.2.1 192.0.2.9 4711 25\r\n", "192.0.2.1"),
        (b"PROXY TCP6 2001:db8::1 2001:db8::9 4711 25\r\n", "2001:db8::1"),
        (FOUR, "192.0.2.1"),
        (SIX, "2001:db8::1"),
        (b"PROXY UNKNOWN\r\n", "127.0.0.1"),
        (version_2(0, 0x00, b""), "127.0.0.1"),
    ],
)
@pytest.mark.parametrize("in_pieces", [False, True])
def test_the_client_is_who_the_proxy_says(
    tmp_path: Path, header: bytes, client: str, in_pieces: bool
) -> None:
    async def story(scene: Scene) -> None:
        talker = await scene.connect()
        for piece in [bytes([one]) for one in header] if in_pieces else [header]:
            talker.send(piece)
            await talker.writer.drain()
        assert (await talker.reply()).startswith("220 ")
        await talker.say("EHLO client.example")
        await talker.mail("user@example.com")
        assert (await talker.message()).startswith("250 ")

    scene = play(tmp_path, story, **PROXIED)
    ((_, envelope, _),) = scene.world.mail
    assert envelope.client is not None
    assert envelope.client.address == client
    assert scene.log("connect from ")[0].endswith(f"[{client}]")


@pytest.mark.parametrize(
    "header",
    [
        b"EHLO client.example\r\n",
        b"PROXY TCP4 192.0.2.1\r\n",
        b"PROXY TCP4 " + b"1" * 5000,
        SIGNATURE + b"\x21\x11\xff\xff",
        b"",
    ],
    ids=["SMTP", "short", "long", "cut", "silent"],
)
def test_without_a_proper_header_nobody_is_served(tmp_path: Path, header: bytes) -> None:
    async def story(scene: Scene) -> None:
        talker = await scene.connect()
        talker.send(header)
        assert (await talker.reply()).startswith("421 4.3.0 ")
        assert await talker.reply() == ""

    scene = play(tmp_path, story, smtpd_upstream_proxy_timeout=0.3, **PROXIED)
    assert len(scene.log("warning: haproxy read: ")) == 1
    assert scene.world.mail == []


def test_a_proxy_that_hangs_up_is_no_client(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        talker = await scene.connect()
        talker.send(b"PROXY ")
        talker.writer.close()

    lines = play(tmp_path, story, **PROXIED).journal.lines
    assert not [line for line in lines if line.startswith("connect from")]
