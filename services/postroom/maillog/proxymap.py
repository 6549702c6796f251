"""What proxymap says in the mail log."""

from postroom.maillog.record import MailLog


class ProxymapLog(MailLog):
    """The log of proxymap(8)."""

    def not_served(self, table: str) -> None:
        self.warning(f"request for unapproved table: {table!r}")
        self.warning(
            f"to approve this table for read-only access, list proxy:{table} in proxy_read_maps"
        )

    def table_trouble(self, reason: str) -> None:
        self.warning(reason)
