"""Of servers in debug_peer_list the log has what is said, in Postfix's lines; no password."""

import re
from collections.abc import Sequence

import pytest

from memory_journal import MemoryJournal
from postroom.delivery.client.debugging import Loud
from postroom.maillog.smtp import SmtpLog
from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import Peer

WHOLE = (
    "< 220 mx.example ESMTP",
    "> EHLO me.example",
    "< 250-mx.example hello",
    "< 250-PIPELINING",
    "< 250-SIZE 10000000",
    "< 250-8BITMIME",
    "< 250 DSN",
    "> MAIL FROM:<a@x.example> SIZE=21",
    "> RCPT TO:<b@y.example> ORCPT=rfc822;b@y.example",
    "> DATA",
    "< 250 2.0.0 mx.example",
    "< 250 2.0.0 mx.example",
    "< 354 go",
    "> .",
    "< 250 2.0.0 Ok: queued as ABC",
    "> QUIT",
)


def told(peer: Peer, **changes: object) -> tuple[list[str], Sequence[str]]:
    """What the log says of a message, without the server's name in it; and all other lines."""
    lines: list[str] = []

    async def story() -> None:
        field = Field(rules(**changes))
        await sent(field, peer)
        lines.extend(field.journal.lines)

    play(story)
    relay = rf"127\.0\.0\.1\[127\.0\.0\.1\]:{peer.port}"
    found = [re.fullmatch(f"([<>]) {relay}: (.*)", line) for line in lines]
    others = [line for line, match in zip(lines, found, strict=True) if match is None]
    return [f"{match[1]} {match[2]}" for match in found if match], others


@pytest.mark.parametrize(
    "changes",
    [
        {"debug_peer_list": ("127.0.0.0/8",)},
        {"debug_peer_list": ("inline:{127.0.0.1=x}",)},
        {"verbose": True},
    ],
    ids=str,
)
def test_a_watched_server_s_session_is_in_the_log(changes: dict[str, object]) -> None:
    lines, others = told(Peer(), **changes)
    assert lines == [*WHOLE]
    assert len(others) == 1


def test_replies_come_in_any_pieces_and_without_the_blanks_behind_them() -> None:
    journal = MemoryJournal()
    loud = Loud(SmtpLog(journal), "mx[192.0.2.1]:25")
    for piece in (b"250-mx", b" hello \r", b"\n250 \r\n", b"221"):
        loud.heard(piece)
    assert journal.lines == ["< mx[192.0.2.1]:25: 250-mx hello", "< mx[192.0.2.1]:25: 250"]


@pytest.mark.parametrize("patterns", [(), ("192.0.2.0/24",), ("!127.0.0.1", "127.0.0.0/8")])
def test_of_others_there_is_the_outcome_alone(patterns: tuple[str, ...]) -> None:
    lines, others = told(Peer(), debug_peer_list=patterns)
    assert not lines
    assert len(others) == 1


def test_a_list_that_cannot_be_read_keeps_no_mail_from_its_way() -> None:
    lines, others = told(Peer(), debug_peer_list=("fail:it",))
    assert not lines
    assert others[0].startswith("warning: debug_peer_list: ")
    assert "status=sent" in others[-1]


def test_replies_are_told_as_the_server_said_them() -> None:
    table = "pcre:{{/^250 2\\.0\\.0 Ok: (.*)/ 250 2.0.0 done: $1}}"
    lines, _ = told(Peer(), debug_peer_list=("127.0.0.1",), reply_filter=(table,))
    assert "< 250 2.0.0 Ok: queued as ABC" in lines


@pytest.mark.parametrize(
    ("mechanism", "said"),
    [
        ("PLAIN", ["> AUTH PLAIN"]),
        ("LOGIN", ["> AUTH LOGIN", "> (response)", "> (response)"]),
    ],
)
def test_what_logs_us_in_is_not_in_the_log(mechanism: str, said: list[str]) -> None:
    replies = {
        "AUTH PLAIN": "235 2.7.0 ok",
        "AUTH LOGIN": "334 VXNlcm5hbWU6",
        "am9l": "334 UGFzc3dvcmQ6",
        "c2VjcmV0": "235 2.7.0 ok",
    }
    lines, others = told(
        Peer(extensions=(f"AUTH {mechanism}",), replies=replies),
        debug_peer_list=("127.0.0.1",),
        sasl_auth_enable=True,
        sasl_password_maps=("static:joe:secret",),
        sasl_security_options=(),
    )
    assert "status=sent" in others[-1]
    after = lines[lines.index(f"< 250 AUTH {mechanism}") + 1 :]
    assert [line for line in after if line.startswith(">")][: len(said)] == said
    assert not [line for line in lines if "am9l" in line or "c2VjcmV0" in line]
