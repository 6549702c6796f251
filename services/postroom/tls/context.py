"""SSL contexts from what main.cf says."""

import re
import ssl
import warnings
from collections.abc import Iterable
from typing import Final, NamedTuple

from postroom.tls.versions import ALL

_OFF: Final = {
    ssl.TLSVersion.TLSv1: ssl.OP_NO_TLSv1,
    ssl.TLSVersion.TLSv1_1: ssl.OP_NO_TLSv1_1,
    ssl.TLSVersion.TLSv1_2: ssl.OP_NO_TLSv1_2,
    ssl.TLSVersion.TLSv1_3: ssl.OP_NO_TLSv1_3,
}
_OPTION: Final = re.compile(r"[A-Z][A-Z0-9_]*")


class BadOption(ValueError):
    """A word of tls_ssl_options that Python's ssl does not know."""


class Policy(NamedTuple):
    """What is negotiated with: versions, ciphers in OpenSSL's words, tls_ssl_options.

    ``server_order`` is tls_preempt_cipherlist: the server's order of ciphers counts.
    """

    versions: frozenset[ssl.TLSVersion]
    ciphers: str
    options: tuple[str, ...] = ()
    server_order: bool = False


def server_context(policy: Policy) -> ssl.SSLContext:
    """For the side that is connected to; asks for no certificate. Raises ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if not policy.server_order:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    _negotiate(context, policy)
    return context


def client_context(policy: Policy) -> ssl.SSLContext:
    """For the side that connects; verifies nobody until it is told to. Raises ssl.SSLError."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    # A server that wants a second handshake in the midst of a message wants nothing good.
    context.options |= ssl.OP_NO_RENEGOTIATION
    _negotiate(context, policy)
    return context


def _negotiate(context: ssl.SSLContext, policy: Policy) -> None:
    context.set_ciphers(policy.ciphers)
    context.options |= ssl_options(policy.options)
    with warnings.catch_warnings():
        # TLS before 1.2 is for main.cf to allow or not.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = min(policy.versions)
        context.maximum_version = max(policy.versions)
        for version in ALL:
            if version not in policy.versions:
                context.options |= _OFF[version]


def ssl_options(words: Iterable[str]) -> ssl.Options:
    """tls_ssl_options: names as in SSL_CTX_set_options(3), without ``SSL_OP_``."""
    options = ssl.Options(0)
    for word in words:
        option = getattr(ssl, f"OP_{word}", None) if _OPTION.fullmatch(word) else None
        if option is None:
            raise BadOption(f'"{word}" is no option of TLS')
        options |= option
    return options
