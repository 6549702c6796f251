"""The client's end of TLS without I/O: what goes through a socket in, what goes through TLS out."""

import ssl
from contextlib import suppress


class TlsFailed(Exception):
    """The handshake failed, or what came is no TLS; the text says why, in OpenSSL's words.

    ``verify_code`` is OpenSSL's number (x509_vfy(3)) for what is wrong with the server's
    certificate, if it is that; else 0.
    """

    def __init__(self, text: str, verify_code: int = 0) -> None:
        super().__init__(text)
        self.verify_code = verify_code


class ClientChannel:
    """One TLS connection; ``server_name`` is what SNI says (RFC 6066), empty for none.

    Raises TlsFailed for what can be no name.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        server_name: str = "",
        session: ssl.SSLSession | None = None,
    ) -> None:
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        try:
            self._tls = context.wrap_bio(
                self._incoming, self._outgoing, server_hostname=server_name or None, session=session
            )
        except ValueError as error:
            raise TlsFailed(f"{server_name}: {error}") from None
        self.established = False
        # The other side has said that no more will come (RFC 8446 section 6.1).
        self.ended = False
        self._handshake()

    @property
    def connection(self) -> ssl.SSLObject:
        """What was agreed on, and whom we speak to."""
        return self._tls

    def take_output(self) -> bytes:
        """What is to be sent now."""
        return self._outgoing.read()

    def send(self, data: bytes) -> None:
        """Encrypt; only when established."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._tls.write(rest) :]

    def receive(self, data: bytes) -> bytes:
        """Take in what arrived, give what it says; raises TlsFailed."""
        self._incoming.write(data)
        if not self.established:
            self._handshake()
        return self._read() if self.established else b""

    def close(self) -> None:
        """Say that no more will come."""
        with suppress(ssl.SSLError):
            self._tls.unwrap()

    def _handshake(self) -> None:
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return
        except ssl.SSLCertVerificationError as error:
            raise TlsFailed(error.verify_message, error.verify_code) from None
        except (ssl.SSLError, ValueError) as error:
            raise _failed(error) from None
        self.established = True

    def _read(self) -> bytes:
        pieces: list[bytes] = []
        try:
            while piece := self._tls.read(65_536):
                pieces.append(piece)
            self.ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        except ssl.SSLError as error:
            raise _failed(error) from None
        return b"".join(pieces)


def _failed(error: Exception) -> TlsFailed:
    reason = getattr(error, "reason", None)
    return TlsFailed(reason.replace("_", " ").lower() if reason else str(error))
