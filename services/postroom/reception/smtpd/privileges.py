"""What some clients may do that others may not, and what they are spared."""

from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.lookups.client_list import ClientList, ClientLists
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.settings import Settings


class Privileges:
    """By the lists of main.cf; one that cannot be searched has nobody."""

    def __init__(self, settings: Settings, lists: ClientLists, log: SmtpdLog) -> None:
        self._settings = settings
        self._log = log
        self._unlimited = lists.open(
            "smtpd_client_event_limit_exceptions", settings.smtpd_client_event_limit_exceptions
        )
        self._careless = lists.open("mynetworks", settings.smtpd_forbid_bare_newline_exclusions)
        self._debugged = lists.open("debug_peer_list", settings.debug_peer_list)
        self._verp = lists.open_authorized(settings.smtpd_authorized_verp_clients)
        self._xclient = lists.open_authorized(settings.smtpd_authorized_xclient_hosts)
        self._xforward = lists.open_authorized(settings.smtpd_authorized_xforward_hosts)

    async def authorize(self, session: ClientSession) -> None:
        """Find out whether a client may speak for others (XCLIENT, XFORWARD)."""
        await self.authorize_again(session)
        session.xforward_allowed = await self._is_among(self._xforward, session)

    async def authorize_again(self, session: ClientSession) -> None:
        """Find out whether who has become another client may become yet another (XCLIENT)."""
        session.xclient_allowed = await self._is_among(self._xclient, session)

    async def may_vary_sender(self, session: ClientSession) -> bool:
        """Ask for return paths that vary (XVERP)."""
        return await self._is_among(self._verp, session)

    async def is_unlimited(self, session: ClientSession) -> bool:
        """Nothing that the client does is counted."""
        return await self._is_among(self._unlimited, session)

    async def may_end_lines_badly(self, session: ClientSession) -> bool:
        """With a bare LF (smtpd_forbid_bare_newline)."""
        return await self._is_among(self._careless, session)

    async def is_debugged(self, session: ClientSession) -> bool:
        """The log is to have all that is said (debug_peer_list, and -v in master.cf)."""
        if self._settings.verbose or not self._settings.debug_peer_list:
            return self._settings.verbose
        return await self._is_among(self._debugged, session)

    async def _is_among(self, clients: ClientList | None, session: ClientSession) -> bool:
        """Of an authorized list that is empty there is none."""
        if clients is None:
            return False
        try:
            return await clients.has(session.client)
        except LookupFailed as failure:
            self._log.warning(str(failure))
            return False
