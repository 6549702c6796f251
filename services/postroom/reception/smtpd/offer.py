"""What EHLO says, and so what is obeyed: it depends on TLS and on who may log in."""

from msgspec import structs

from postroom.esmtp.extensions import Extensions, switched_off
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.settings import Settings


class Offer:
    """The extensions that the configuration leaves on, and the replies that tell of them."""

    def __init__(self, settings: Settings, *, starttls: bool) -> None:
        hidden = {word.lower() for word in settings.smtpd_discard_ehlo_keywords}
        self._host = settings.myhostname
        self._replies: dict[Extensions, Reply] = {}
        self.starttls = starttls and "starttls" not in hidden
        extensions = Extensions(
            size_limit=settings.message_size_limit,
            strict=settings.strict_rfc821_envelopes,
            dash_first=settings.allow_min_user,
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
