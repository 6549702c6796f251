"""The client's end of TLS, against Python's own server end, both without a network."""

import ssl
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.tls.client_channel import ClientChannel, TlsFailed
from postroom.tls.trust import chain_of, distrust
from unit.delivery.client.scripted_peer import server_context
from unit.tls.keys import EXPIRED, UNTIL_2060


class Server:
    """The other end."""

    def __init__(self, context: ssl.SSLContext) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_side=True)

    def answer(self, data: bytes) -> bytes:
        self._incoming.write(data)
        with suppress(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self._outgoing.read()

    def say(self, data: bytes) -> bytes:
        self.tls.write(data)
        return self._outgoing.read()

    def hear(self, data: bytes) -> bytes:
        self._incoming.write(data)
        return self.tls.read(65_536)


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


_CONTEXT = _context()


def _established(channel: ClientChannel, server: Server, cut: int = 65_536) -> None:
    """``cut`` is how many bytes arrive together."""
    while not channel.established:
        _receive(channel, server.answer(channel.take_output()), cut)
    _receive(channel, server.answer(channel.take_output()), cut)


def _receive(channel: ClientChannel, data: bytes, cut: int) -> bytes:
    return b"".join(
        channel.receive(data[start : start + cut]) for start in range(0, len(data), cut)
    )


@pytest.mark.parametrize("cut", [65_536, 100, 1])
def test_both_ends_hear_what_the_other_says_however_it_is_cut(cut: int) -> None:
    channel, server = ClientChannel(_context()), Server(server_context())
    _established(channel, server, cut)
    channel.send(b"x" * 100_000)
    sent = channel.take_output()
    assert sent[:1] == b"\x17"
    heard = server.hear(sent)
    while len(heard) < 100_000:
        heard += server.hear(b"")
    assert heard == b"x" * 100_000
    assert _receive(channel, server.say(b"250 ok\r\n"), cut) == b"250 ok\r\n"


def test_the_name_asked_for_is_the_one_given_and_none_otherwise() -> None:
    for name in ("mx.example.com", ""):
        asked: list[str | None] = []
        context = server_context()
        context.sni_callback = lambda _, asked_for, __, asked=asked: asked.append(asked_for)
        _established(ClientChannel(_context(), name), Server(context))
        assert asked == [name or None]


def test_a_session_is_resumed() -> None:
    context, server = _context(), server_context()
    channel, other = ClientChannel(context), Server(server)
    _established(channel, other)
    channel.receive(other.say(b"220 hello\r\n"))
    again = ClientChannel(context, session=channel.connection.session)
    _established(again, Server(server))
    assert again.connection.session_reused


@pytest.mark.parametrize("name", [".example.com", "a" * 64 + ".example"])
def test_what_can_be_no_name_is_asked_of_nobody(name: str) -> None:
    with pytest.raises(TlsFailed):
        ClientChannel(_context(), name)


def test_what_is_no_tls_is_a_failure() -> None:
    with pytest.raises(TlsFailed):
        ClientChannel(_context()).receive(b"220 plain text\r\n")


@given(st.lists(st.binary(max_size=80), max_size=5), st.booleans())
def test_no_bytes_of_a_server_break_the_client(pieces: list[bytes], look_like_tls: bool) -> None:
    channel = ClientChannel(_CONTEXT)
    with suppress(TlsFailed):
        for piece in pieces:
            header = b"\x16\x03\x03" + len(piece).to_bytes(2) if look_like_tls else b""
            assert channel.receive(header + piece) == b""
    assert not channel.established


def test_an_end_is_told_by_either_side() -> None:
    channel, server = ClientChannel(_context()), Server(server_context())
    _established(channel, server)
    channel.close()
    assert server.hear(channel.take_output()) == b""
    channel, server = ClientChannel(_context()), Server(server_context())
    _established(channel, server)
    with pytest.raises(ssl.SSLWantReadError):
        server.tls.unwrap()
    assert channel.receive(server._outgoing.read()) == b""
    assert channel.ended


@pytest.mark.parametrize(
    ("shown", "known", "why"),
    [
        (UNTIL_2060, UNTIL_2060, ""),
        (UNTIL_2060, "", "self-signed certificate"),
        (EXPIRED, EXPIRED, "certificate has expired"),
    ],
)
def test_a_chain_is_judged_as_a_handshake_would(
    shown: str, known: str, why: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    channel = ClientChannel(_context())
    _established(channel, Server(server_context(shown)))
    chain = chain_of(channel.connection)
    assert chain == (ssl.PEM_cert_to_DER_cert(shown),)
    authorities = ""
    if known:
        file = tmp_path_factory.mktemp("known") / "authorities.pem"
        file.write_text(known)
        authorities = str(file)
    assert distrust(chain, authorities) == why


def test_a_forged_signature_is_no_trust(tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("known") / "authorities.pem"
    file.write_text(UNTIL_2060)
    forged = bytearray(ssl.PEM_cert_to_DER_cert(EXPIRED))
    forged[-1] ^= 1
    assert distrust((bytes(forged),), str(file))
