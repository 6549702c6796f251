"""Whether a certificate leads to an authority, asked when the handshake is over.

Python's ssl breaks off the handshake with a server whose certificate it does not trust, or does
not look: there is no way to go on and know, as opportunistic TLS must, nor to trust what is known
only when the certificate is, as with DANE. So OpenSSL is shown the same chain a second time, by
a server that exists in memory only and has no key: it says hello and who it is (TLS 1.2, RFC 5246
section 7.4), and the client either breaks off or waits for more. That the real server has the key
is what the real handshake has shown. Where main.cf says whom to trust, the handshake itself is
told to verify (``CERT_REQUIRED``).
"""

import ssl
from collections.abc import Sequence
from contextlib import suppress

_HANDSHAKE, _SERVER_HELLO, _CERTIFICATE = 22, 2, 11
_TLS_1_2 = b"\x03\x03"
_RANDOM = bytes(32)
# RFC 5746 section 3.6: without it OpenSSL would not listen.
_EXTENSIONS = b"\xff\x01\x00\x01\x00"
# ECDHE with AES, signed by the two kinds of keys: which it is the certificate says.
_CIPHERS = (b"\xc0\x2f", b"\xc0\x2b")
# RFC 5246 section 6.2.1 allows 16,384.
_RECORD = 16_000


def chain_of(connection: ssl.SSLObject) -> tuple[bytes, ...]:
    """What the other side has shown, its own certificate first; before Python 3.13 that alone."""
    chain = getattr(connection, "get_unverified_chain", None)
    if chain is not None:
        return tuple(chain())
    own = connection.getpeercert(binary_form=True)
    return (own,) if own else ()


def distrust(
    chain: Sequence[bytes],
    authorities: str = "",
    directory: str = "",
    *,
    default: bool = False,
    anchor: bytes = b"",
    name: str = "",
) -> str:
    """Why the chain does not lead to one of the authorities, in OpenSSL's words; empty if it does.

    They are in the file ``authorities``, the ``directory``, with ``default`` where OpenSSL has
    its own; or there is but the ``anchor``, which need not be its own issuer. With ``name`` the
    certificate must be for it. Raises OSError where authorities cannot be read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = bool(name)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE+AESGCM:@SECLEVEL=0")
    if authorities or directory:
        context.load_verify_locations(authorities or None, directory or None)
    if anchor:
        context.load_verify_locations(cadata=anchor)
        context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_PARTIAL_CHAIN
    if default:
        context.set_default_verify_paths()
    for cipher in _CIPHERS:
        with suppress(ssl.SSLError):
            return _shown(context, _hello(cipher, chain), name)
    return "unsuitable certificate"


def _shown(context: ssl.SSLContext, hello: bytes, name: str) -> str:
    """Raises SSLError if the certificate is not for the cipher."""
    incoming = ssl.MemoryBIO()
    client = context.wrap_bio(incoming, ssl.MemoryBIO(), server_hostname=name or None)
    with suppress(ssl.SSLWantReadError):
        client.do_handshake()
    incoming.write(hello)
    try:
        client.do_handshake()
    except ssl.SSLCertVerificationError as error:
        return error.verify_message
    except ssl.SSLWantReadError:
        return ""
    return "unsuitable certificate"


def _hello(cipher: bytes, chain: Sequence[bytes]) -> bytes:
    """RFC 5246 section 7.4.1.3 and 7.4.2, in records."""
    extensions = _with_length(_EXTENSIONS, 2)
    server_hello = b"".join((_TLS_1_2, _RANDOM, b"\x00", cipher, b"\x00", extensions))
    certificates = _with_length(b"".join(_with_length(one, 3) for one in chain), 3)
    messages = b"".join(
        bytes((kind,)) + _with_length(body, 3)
        for kind, body in ((_SERVER_HELLO, server_hello), (_CERTIFICATE, certificates))
    )
    pieces = (messages[at : at + _RECORD] for at in range(0, len(messages), _RECORD))
    return b"".join(bytes((_HANDSHAKE,)) + _TLS_1_2 + _with_length(one, 2) for one in pieces)


def _with_length(data: bytes, size: int) -> bytes:
    return len(data).to_bytes(size) + data
