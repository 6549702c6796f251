"""TLS with clients: whether it is offered, how it begins, and what is known afterwards."""

import asyncio
import ssl
from copy import copy
from typing import NamedTuple

from postroom.config.tls_files import server_level
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.settings import Settings
from postroom.reception.smtpd.tls.client_certificate import ClientCertificate, shown_by
from postroom.reception.smtpd.tls.context import Unusable, tls_context
from postroom.tls.summary import Summary, summary_of

# A client that showed a certificate of an authority we do not know is not asked for one again for
# so long: Python's ssl can only break off, and its mail has to come in some time.
FORGIVE_SECONDS = 3600.0
MAX_REMEMBERED = 10_000
# How long a client may take to say goodbye in TLS; nothing depends on it.
SHUTDOWN_SECONDS = 5.0


class Secured(NamedTuple):
    """What a handshake came to."""

    summary: Summary
    asked: bool
    certificate: ClientCertificate | None

    @property
    def trust(self) -> str:
        """As the log says it: whether we know who the client is."""
        return "Trusted" if self.certificate else "Anonymous"

    @property
    def about_certificate(self) -> str:
        """For the Received header."""
        if self.certificate is not None:
            return self.certificate.about
        if self.asked:
            return "Client did not present a certificate"
        return "No client certificate requested"


class Encryption:
    """What the configuration offers; ``context`` is None where TLS cannot be had.

    ``unasking`` is the same, but wants no certificate of a client.
    """

    def __init__(
        self,
        settings: Settings,
        context: ssl.SSLContext | None,
        level: str,
        wrapper: bool,
        unasking: ssl.SSLContext | None = None,
    ) -> None:
        self._unasking = unasking
        self._strangers: dict[str, float] = {}
        self._digest = settings.smtpd_tls_fingerprint_digest
        self._timeout = settings.smtpd_starttls_timeout
        self.context = context
        self.offered = level != "none" and not wrapper
        self.required = level == "encrypt"
        self.from_the_start = wrapper

    def waiting(self, timeout: float) -> "Encryption":
        """The same keys, with another time for a handshake."""
        other = copy(self)
        other._timeout = timeout
        return other

    async def begin(
        self, transport: asyncio.Transport, protocol: asyncio.Protocol, client: str
    ) -> asyncio.Transport:
        """Shake hands with the client of that address; raises OSError (ssl.SSLError is one)."""
        loop = asyncio.get_running_loop()
        context = self._context_for(client, loop.time())
        if context is None:
            raise ConnectionAbortedError("TLS is not available")
        try:
            secured = await loop.start_tls(
                transport,
                protocol,
                context,
                server_side=True,
                ssl_handshake_timeout=self._timeout,
                ssl_shutdown_timeout=SHUTDOWN_SECONDS,
            )
        except ssl.SSLCertVerificationError:
            if len(self._strangers) >= MAX_REMEMBERED:
                self._strangers.clear()
            self._strangers[client] = loop.time() + FORGIVE_SECONDS
            raise
        if secured is None:
            raise ConnectionAbortedError("the connection was lost")
        return secured

    def _context_for(self, client: str, now: float) -> ssl.SSLContext | None:
        if self._unasking is not None and now < self._strangers.get(client, 0.0):
            return self._unasking
        return self.context

    def result(self, connection: ssl.SSLObject) -> Secured:
        """What was agreed on with the client."""
        asked = connection.context.verify_mode is not ssl.CERT_NONE
        certificate = shown_by(connection, self._digest) if asked else None
        return Secured(summary_of(connection), asked, certificate)


def open_encryption(settings: Settings, log: SmtpdLog) -> Encryption:
    """Says in the log why TLS cannot be had where that is so."""
    wrapper = settings.smtpd_tls_wrappermode
    level = server_level(
        settings.smtpd_tls_security_level,
        use=settings.smtpd_use_tls,
        enforce=settings.smtpd_enforce_tls,
    )
    if level == "none" and not wrapper:
        return Encryption(settings, None, level, wrapper)
    mandatory, unasking = level == "encrypt" or wrapper, None
    try:
        context = tls_context(settings, log, mandatory=mandatory)
        if context.verify_mode is ssl.CERT_OPTIONAL:
            unasking = tls_context(settings, log, mandatory=mandatory, ask=False)
    except Unusable as reason:
        log.no_tls(str(reason))
        return Encryption(settings, None, level, wrapper)
    return Encryption(settings, context, level, wrapper, unasking)
