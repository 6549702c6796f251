"""smtp_reply_filter: what a server says can be taken for something else, line by line."""

import asyncio
from pathlib import Path

import pytest

from postroom.delivery.client.program import deliver
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import DROP, Peer, server_context

GARBAGE = "pcre:{{!/^[2-5][0-9][0-9]($|[- ])/ 250-filler}}"


def statuses(peer: Peer, *tables: str, journal: list[str] | None = None, **changes: object) -> str:
    """Of a message to one recipient."""
    found: list[str] = []

    async def story() -> None:
        field = Field(rules(reply_filter=tables, **changes))
        found.extend(await sent(field, peer))
        if journal is not None:
            journal.extend(field.journal.lines)

    play(story)
    (status,) = found
    return status


def test_a_reply_counts_as_what_the_table_has_for_it() -> None:
    journal: list[str] = []
    peer = Peer(replies={"RCPT": "450 4.2.0 greylisted"})
    table = "pcre:{{/^450 (4\\.2\\.0 greylisted)$/ 550 5.7.1 never, for: $1}}"
    status = statuses(peer, table, journal=journal)
    assert status.startswith("5.7.1 bounced (host ")
    assert "said: 550 5.7.1 never, for: 4.2.0 greylisted (in reply to RCPT" in status
    replaced = 'replacing server reply "450 4.2.0 greylisted" with "550 5.7.1 never, for: 4.2.0 g'
    assert [line for line in journal if replaced in line and line.startswith("127.0.0.1[127.0.0.")]


def test_what_no_table_has_stays_as_it_is() -> None:
    status = statuses(Peer(), "inline:{x=y}", GARBAGE)
    assert status == "2.0.0 sent (250 2.0.0 Ok: queued as ABC)"


def test_garbage_between_replies_can_be_made_a_part_of_them() -> None:
    peer = Peer(greeting="220-mx.example\r\nhello there\r\n220 ESMTP", ends=("what?\r\n250 ok",))
    assert statuses(peer, GARBAGE).startswith("2.0.0 sent (250-filler 250 ok)")


@pytest.mark.parametrize("extensions", [("PIPELINING",), ()])
def test_the_last_words_of_a_server_are_heard_before_its_end(extensions: tuple[str, ...]) -> None:
    peer = Peer(extensions=extensions, replies={"MAIL": "421 4.3.2 bye\r\n", "RCPT": DROP})
    assert statuses(peer, GARBAGE).startswith("4.3.2 deferred (host 127.0.0.1[127.0.0.1] said: 42")


def test_without_the_table_nothing_is_concluded() -> None:
    journal: list[str] = []
    status = statuses(Peer(), "fail:x", journal=journal)
    assert status.startswith(
        "4.3.0 deferred (local data error while talking to 127.0.0.1[127.0.0.1])"
    )
    assert "warning: table fail:x lookup error for 220 mx.example ESMTP" in journal


def test_what_came_before_tls_is_not_heard_behind_it() -> None:
    """RFC 3207 section 4.2; the command that is injected waits in the filter."""

    class Injecting(Peer):
        def _reply(self, command: str) -> str:
            injected = "\r\n250-mx.example\r\n250 AUTH PLAIN" if command == "STARTTLS" else ""
            return super()._reply(command) + injected

    peer = Injecting(tls=server_context())
    status = statuses(peer, GARBAGE, tls_security_level="encrypt", tls_loglevel=1)
    assert [session.secured for session in peer.sessions] in ([True], [False])
    assert "AUTH" not in status


def test_a_reply_without_end_ends_the_connection(tmp_path: Path) -> None:
    async def story() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(b"2" * 200_000)
            await reader.read()
            writer.close()

        path = str(tmp_path / "socket")
        async with await asyncio.start_unix_server(serve, path):
            field = Field(rules(lmtp=True, reply_filter=(GARBAGE,), connect_timeout=0.0))
            await deliver(field.ways, field.attempt(f"unix:{path}"))
        assert field.statuses[0].startswith("4.3.0 deferred (local data error while talking to ")

    play(story)
