"""What EHLO says, and so what is obeyed: it depends on TLS, on who may log in, and on who asks."""

from collections.abc import Iterable

from msgspec import structs

from postroom.esmtp.extensions import Extensions, switched_off
from postroom.esmtp.reply import Reply
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.lookups.tables import Tables
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.settings import Settings

# What may be left out, in the order of the log.
_KEYWORDS = (
    *("8bitmime", "auth", "etrn", "pipelining", "size", "verp", "vrfy", "xclient", "xforward"),
    *("starttls", "enhancedstatuscodes", "dsn", "smtputf8", "chunking"),
)
_SILENTLY = "silent-discard"


class Offer:
    """The extensions that are left on where some keywords are ``hidden``, and the replies that
    tell of them.

    ``discarded`` is what the log has to say of it.
    """

    def __init__(self, settings: Settings, hidden: frozenset[str], *, starttls: bool) -> None:
        silent = _SILENTLY in hidden
        self.discarded = "" if silent else " ".join(w.upper() for w in _KEYWORDS if w in hidden)
        self.auth = "auth" not in hidden
        self._host = settings.myhostname
        self._replies: dict[Extensions, Reply] = {}
        self.starttls = starttls and "starttls" not in hidden
        extensions = Extensions(
            size_limit=settings.message_size_limit,
            strict=settings.strict_rfc821_envelopes,
            strict_utf8=settings.strict_smtputf8,
            dash_first=settings.allow_min_user,
            numeric_domain=settings.resolve_numeric_domain,
            vrfy=not settings.disable_vrfy_command,
            smtputf8=settings.smtputf8_enable,
            auth_with_equals=settings.broken_sasl_auth_clients,
        )
        self._verp = {
            "verp_delimiters": settings.default_verp_delimiters,
            "verp_filter": settings.verp_delimiter_filter,
        }
        self._secured = structs.replace(extensions, **switched_off(hidden))
        self.in_clear = structs.replace(self._secured, starttls=self.starttls)

    def extensions(
        self, session: ClientSession, mechanisms: tuple[str, ...] = (), *, verp: bool = False
    ) -> Extensions:
        """Those for a client that may log in by ``mechanisms``, and ask for ``verp`` or not."""
        found = self.in_clear if session.secured is None else self._secured
        if verp:
            found = structs.replace(found, **self._verp)
        if session.xclient_allowed or session.xforward_allowed:
            found = structs.replace(
                found,
                xclient_allowed=session.xclient_allowed,
                xforward_allowed=session.xforward_allowed,
            )
        return structs.replace(found, mechanisms=mechanisms) if mechanisms else found

    def reply(self, extensions: Extensions) -> Reply:
        """To EHLO."""
        reply = self._replies.get(extensions)
        if reply is None:
            text = "\n".join((self._host, *extensions.keywords))
            reply = self._replies[extensions] = Reply(250, "", text)
        return reply


class Offers:
    """``usual`` is for whom no table has anything else."""

    def __init__(
        self, settings: Settings, tables: Tables, log: SmtpdLog, *, starttls: bool
    ) -> None:
        self._settings = settings
        self._tables = tables
        self._log = log
        self._starttls = starttls
        self._known: dict[frozenset[str], Offer] = {}
        self.usual = self._without(settings.smtpd_discard_ehlo_keywords)

    async def to(self, session: ClientSession) -> Offer:
        """The client of a session (main.cf: smtpd_discard_ehlo_keyword_address_maps)."""
        tables = self._settings.smtpd_discard_ehlo_keyword_address_maps
        try:
            words = await self._tables.find_first(tables, session.client.address)
        except LookupFailed as failure:
            self._log.warning(str(failure))
            return self.usual
        return self.usual if words is None else self._without(words.replace(",", " ").split())

    def _without(self, words: Iterable[str]) -> Offer:
        hidden = frozenset(word.lower() for word in words)
        if hidden not in self._known:
            self._known[hidden] = Offer(self._settings, hidden, starttls=self._starttls)
        return self._known[hidden]
