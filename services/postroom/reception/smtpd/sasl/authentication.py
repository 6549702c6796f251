"""What of AUTH is the same for all sessions: the server, the mechanisms, who is left out."""

from collections.abc import Callable
from time import monotonic
from typing import Final

from postroom.config.sasl_socket import sasl_socket
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.lookups.tables import Tables
from postroom.reception.smtpd.sasl.auth_server import AuthServer, Unreachable
from postroom.reception.smtpd.sasl.mechanisms import allowed
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.settings import Settings
from postroom.tables.match_list import NetworkList, StringList

NOTHING: Final[tuple[str, ...]] = ()
# What smtpd sees of the server's socket is from when it started. Where that does not lead there
# any more another process would see it; but if the server is down, none.
OLD_SECONDS: Final = 60.0


class Authentication:
    """``server`` is None where nobody may log in. ``leave`` ends this process when that can be."""

    def __init__(
        self, settings: Settings, tables: Tables, log: SmtpdLog, *, tls_required: bool
    ) -> None:
        self.leave: Callable[[], None] = _stay
        self._begin = monotonic()
        self._settings = settings
        self._tables = tables
        self._log = log
        self._only_in_tls = tls_required or settings.smtpd_tls_auth_only
        self._filter = StringList(settings.smtpd_sasl_mechanism_filter)
        parents = "smtpd_sasl_exceptions_networks" in settings.parent_domain_matches_subdomains
        self._exceptions = NetworkList(settings.smtpd_sasl_exceptions_networks, parents=parents)
        self._kept: dict[str, bool] = {}
        self.server: AuthServer | None = None
        hidden = map(str.lower, settings.smtpd_discard_ehlo_keywords)
        offered = "auth" not in hidden or settings.smtpd_discard_ehlo_keyword_address_maps
        if settings.smtpd_sasl_auth_enable and offered:
            self.server = AuthServer(sasl_socket(settings.smtpd_sasl_path, "", ()))

    async def mechanisms(self, session: ClientSession) -> tuple[str, ...]:
        """What a client may use now; none where it may not log in, or the server is away."""
        settings, secured = self._settings, session.secured is not None
        if self.server is None or not session.may_log_in:
            return NOTHING
        if self._only_in_tls and not secured:
            return NOTHING
        options = settings.smtpd_sasl_security_options
        if secured:
            options = settings.smtpd_sasl_tls_security_options
        try:
            if await self._is_exception(session):
                return NOTHING
            connection = await self.server.connection()
            names = allowed(connection.mechanisms, options)
            return tuple([name for name in names if await self._passes(name)])
        except Unreachable as reason:
            self._log.sasl_unreachable(str(reason))
            if monotonic() - self._begin > OLD_SECONDS:
                self.leave()
        except LookupFailed as reason:
            self._log.warning(str(reason))
        return NOTHING

    async def _is_exception(self, session: ClientSession) -> bool:
        """main.cf: smtpd_sasl_exceptions_networks; such clients are told of no AUTH."""
        client = session.client
        if not self._exceptions:
            return False
        return await self._exceptions.match_with(client.name, self._tables.find, client.address)

    async def _passes(self, name: str) -> bool:
        """main.cf: smtpd_sasl_mechanism_filter."""
        if name not in self._kept:
            self._kept[name] = await self._filter.match_with(name, self._tables.find)
        return self._kept[name]


def _stay() -> None:
    """There is no process to end."""
