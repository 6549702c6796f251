"""Sessions of clients, each by its key."""

import secrets

from postroom.contracts.milter import Rejected
from postroom.ipc.contract import Unavailable
from postroom.maillog.milter import MilterLog
from postroom.milter.header_checks import HeaderChecks
from postroom.milter.protocol.answers import MISCONFIGURED
from postroom.milter.session import Session
from postroom.milter.settings import FilterSet


class Sessions:
    """All that are open, whoever opened them: cleanup brings the content of smtpd's."""

    def __init__(self, filter_sets: dict[str, FilterSet], log: MilterLog) -> None:
        self._filter_sets = filter_sets
        self._log = log
        self._open: dict[str, Session] = {}
        self._checks: dict[tuple[str, ...], HeaderChecks] = {}

    def new(self, service: str, filters: str = "") -> Session:
        """With ``filters`` in place of the service's own. Raises BadServer for what is none, and
        Unavailable where the caller knows of filters that we do not."""
        try:
            known = self._filter_sets[service]
        except KeyError:
            raise Unavailable(f"no filters are known of {service}") from None
        return Session(known.named(filters) if filters else known, self._log)

    def misconfigured(self, filters: str, reason: str) -> Rejected:
        """What the client of such filters is told."""
        self._log.bad_filter(filters, reason)
        code, status, text = MISCONFIGURED
        return Rejected(code, status, text)

    def checks(self, tables: tuple[str, ...]) -> HeaderChecks:
        """Those of a cleanup, of whom there are few."""
        found = self._checks.get(tables)
        if found is None:
            found = self._checks[tables] = HeaderChecks(tables)
        return found

    def keep(self, session: Session) -> str:
        """The key by which whoever has it can name the session."""
        key = secrets.token_hex(16)
        self._open[key] = session
        return key

    def find(self, key: str) -> Session:
        """Raises Unavailable: its process may be the one before this."""
        try:
            return self._open[key]
        except KeyError:
            raise Unavailable("that session is over") from None

    def close(self, key: str) -> None:
        session = self._open.pop(key, None)
        if session is not None:
            session.close()
