"""STARTTLS, and TLS from the start: when it may begin, and what the log says of it."""

import ssl
from collections.abc import Awaitable, Callable

from postroom.esmtp.command import Command, Helo, Help, Noop, Quit, StartTls, Unknown, Xclient
from postroom.esmtp.replies import NOT_IMPLEMENTED
from postroom.esmtp.reply import Reply
from postroom.esmtp.states import State
from postroom.reception.smtpd.conversation import ending
from postroom.reception.smtpd.conversation.encounter import Encounter
from postroom.reception.smtpd.tls.encryption import Secured

# Begins TLS with the client of an address, behind what has been said; raises OSError.
Secure = Callable[[str], Awaitable[ssl.SSLObject]]

TLS_REQUIRED = Reply(530, "5.7.0", "Must issue a STARTTLS command first")
# The handshake behind it decides whether STARTTLS succeeded.
READY_FOR_TLS = Reply(220, "2.0.0", "Ready to start TLS")
_IN_USE = Reply(554, "5.5.1", "Error: TLS already active")
_UNAVAILABLE = Reply(454, "4.7.0", "TLS not available due to local problem")
# RFC 3207 section 4: what may be said before TLS where that is required. What is no command is
# told so.
_BEFORE_TLS = (Helo, Help, Noop, Quit, StartTls, Unknown, Xclient)
# smtpd_tls_loglevel
_SUMMARY = 1
_DETAILS = 2


class Securing:
    """Of one session."""

    def __init__(self, encounter: Encounter, secure: Secure) -> None:
        self._encounter = encounter
        self._desk, self._session, self._engine, self._transfer = encounter
        self._secure = secure

    def comes_too_early(self, command: Command) -> bool:
        """Whether a command may not be said in clear."""
        return self._session.secured is None and not isinstance(command, _BEFORE_TLS)

    def answer(self) -> Reply:
        """To STARTTLS."""
        if self._session.secured is not None:
            return _IN_USE
        if not self._session.may_start_tls:
            return NOT_IMPLEMENTED
        return READY_FOR_TLS if self._desk.encryption.context is not None else _UNAVAILABLE

    async def begin(self) -> bool:
        """Shake hands, and begin anew; False where that failed, and with it the session."""
        secured = await self._shake_hands()
        if secured is None:
            if self._engine.state is not State.CLOSED:
                ending.lost(self._encounter)
            return False
        self._transfer.reset()
        self._session.begin_anew(secured)
        self._engine.secured()
        return True

    async def _shake_hands(self) -> Secured | None:
        log, client, encryption = self._desk.log, self._session.client, self._desk.encryption
        loglevel = self._desk.settings.smtpd_tls_loglevel
        if loglevel >= _DETAILS:
            log.tls_begins(client)
        try:
            secured = encryption.result(await self._secure(client.address))
        except OSError as error:
            log.tls_failed(client, error)
            return None
        if loglevel >= _SUMMARY:
            log.tls_established(client, secured.trust, str(secured.summary))
        shown = secured.certificate
        if shown is not None and loglevel >= _DETAILS:
            log.client_certificate(client, shown.subject, shown.issuer, *shown.fingerprints)
        return secured
