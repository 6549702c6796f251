"""How long a server, and the network, may take."""

import asyncio
from contextlib import closing
from pathlib import Path

import pytest

from postroom.delivery.client.program import deliver
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import HANG, Peer


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
