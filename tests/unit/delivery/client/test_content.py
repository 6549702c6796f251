"""What a server gets of the content: all of it, in a form that it can take."""

from pathlib import Path

from unit.delivery.client.field import Field, rules
from unit.delivery.client.play import play, sent
from unit.delivery.client.scripted_peer import Peer


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
