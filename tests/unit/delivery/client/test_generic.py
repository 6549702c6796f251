"""generic(5): what other hosts see of our addresses, and that log and reports see the old ones."""

from pathlib import Path

import pytest

from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import Peer

TABLE = (
    "inline:{{a@x.example = A.Long@isp.example} {joe=joe@isp.example} {@in.example = @isp.example}"
    " {bare@x.example=box} {null@x.example=<>} {b@y.example = c@y.example}"
    " {c@y.example = d@y.example}}"
)
CONTENT = (
    b'From: Ann <a@x.example>\r\nTo: joe@me.example,\r\n\t"O" <x@in.example>\r\n'
    b"Subject: a@x.example\r\nResent-From: joe+ext@me.example\r\n\r\na@x.example\r\n..dot\r\n"
)
EXPECTED = (
    b'From: Ann <A.Long@isp.example>\r\nTo: joe@isp.example,\r\n\t"O" <x@isp.example>\r\n'
    b"Subject: a@x.example\r\nResent-From: joe@isp.example\r\n\r\na@x.example\r\n..dot\r\n"
)
MAPPED = rules(generic_maps=(TABLE,), recipient_delimiter="+")


def test_envelope_and_header_are_exchanged_once_and_the_log_keeps_the_address() -> None:
    async def story() -> None:
        field, peer = Field(MAPPED), Peer()
        await sent(field, peer, "b@y.example", "bare@x.example", "null@x.example", content=CONTENT)
        size = len(CONTENT)
        assert peer.sessions[0].commands[1:5] == [
            f"MAIL FROM:<A.Long@isp.example> SIZE={size}",
            "RCPT TO:<c@y.example> ORCPT=rfc822;b@y.example",
            "RCPT TO:<box@me.example> ORCPT=rfc822;bare@x.example",
            "RCPT TO:<> ORCPT=rfc822;null@x.example",
        ]
        assert peer.contents == [EXPECTED]
        assert "to=<b@y.example>," in field.journal.lines[0]

    play(story)


def test_an_unmatched_extension_is_carried_on_where_it_is_to_be() -> None:
    async def story() -> None:
        carried = rules(
            generic_maps=(TABLE,),
            recipient_delimiter="+",
            propagate_unmatched_extensions=("generic",),
        )
        peer = Peer()
        await sent(Field(carried), peer, "b+list@y.example")
        assert "RCPT TO:<c+list@y.example> " in peer.sessions[0].commands[2]

    play(story)


def test_a_large_message_in_a_file_gets_its_new_header_and_keeps_its_body(tmp_path: Path) -> None:
    file = tmp_path / "content"
    body = b"y" * 70 + b"\r\n"
    file.write_bytes(CONTENT + body * 10_000)

    async def story() -> None:
        peer = Peer()
        await sent(Field(MAPPED), peer, content=file)
        assert peer.contents == [EXPECTED + body * 10_000]

    play(story)


def test_the_null_sender_stays_null() -> None:
    async def story() -> None:
        peer = Peer()
        await sent(Field(rules(generic_maps=("static:z@isp.example",))), peer, sender="")
        assert peer.sessions[0].commands[1].startswith("MAIL FROM:<> ")

    play(story)


@pytest.mark.parametrize("table", ["fail:gone", "static:(none)"])
def test_a_table_that_is_of_no_use_means_later(table: str) -> None:
    async def story() -> None:
        field, peer = Field(rules(generic_maps=(table,))), Peer()
        (status,) = await sent(field, peer)
        assert status.startswith("4.3.0 deferred (generic mapping lookup failure: ")
        assert not peer.sessions

    play(story)
