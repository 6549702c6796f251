"""ETRN: have the mail that waits for a site tried again now (RFC 1985)."""

from postroom.contracts.showq import FlushSite
from postroom.esmtp.replies import UNABLE_TO_QUEUE
from postroom.esmtp.reply import Reply
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.mail.address import is_domain
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.lookups.tables import Tables
from postroom.reception.smtpd.settings import Settings
from postroom.tables.match_list import DomainList

_STARTED = Reply(250, "", "Queuing started")


class SiteFlush:
    """Asks the queue manager, for the sites in main.cf's fast_flush_domains only."""

    def __init__(self, showq: Client, settings: Settings, tables: Tables) -> None:
        self._showq = showq
        self._tables = tables
        self._sites = DomainList(
            settings.fast_flush_domains,
            parents="fast_flush_domains" in settings.parent_domain_matches_subdomains,
        )

    async def start(self, site: str) -> Reply:
        """The reply to ETRN; an address literal is nobody's destination by configuration."""
        try:
            if not is_domain(site) or not await self._sites.match_with(site, self._tables.find):
                return Reply(459, "", f"<{site}>: service unavailable")
            await self._showq.ask(FlushSite(site))
        except (LookupFailed, Unavailable):
            return UNABLE_TO_QUEUE
        return _STARTED
