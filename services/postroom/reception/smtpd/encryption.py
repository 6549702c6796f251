"""TLS with clients: whether it is offered, how it begins, and what is known afterwards."""

import asyncio
import ssl
from typing import NamedTuple

from postroom.config.tls_files import server_level
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.client_certificate import ClientCertificate, shown_by
from postroom.reception.smtpd.settings import Settings
from postroom.reception.smtpd.tls_context import Unusable, tls_context
from postroom.tls.summary import Summary, summary_of

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
    """What the configuration offers; ``context`` is None where TLS cannot be had."""

    def __init__(
        self, settings: Settings, context: ssl.SSLContext | None, level: str, wrapper: bool
    ) -> None:
        self._digest = settings.smtpd_tls_fingerprint_digest
        self._timeout = settings.smtpd_starttls_timeout
        self.context = context
        self.offered = level != "none" and not wrapper
        self.required = level == "encrypt"
        self.from_the_start = wrapper

    async def begin(
        self, transport: asyncio.Transport, protocol: asyncio.Protocol
    ) -> asyncio.Transport:
        """Shake hands; raises OSError, of which ssl.SSLError is one."""
        if self.context is None:
            raise ConnectionAbortedError("TLS is not available")
        secured = await asyncio.get_running_loop().start_tls(
            transport,
            protocol,
            self.context,
            server_side=True,
            ssl_handshake_timeout=self._timeout,
            ssl_shutdown_timeout=SHUTDOWN_SECONDS,
        )
        if secured is None:
            raise ConnectionAbortedError("the connection was lost")
        return secured

    def result(self, connection: ssl.SSLObject) -> Secured:
        """What was agreed on with the client."""
        asked = self.context is not None and self.context.verify_mode is not ssl.CERT_NONE
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
    try:
        context = tls_context(settings, mandatory=level == "encrypt" or wrapper)
    except Unusable as reason:
        log.no_tls(str(reason))
        return Encryption(settings, None, level, wrapper)
    return Encryption(settings, context, level, wrapper)
