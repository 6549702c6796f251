"""What is said to a server, and by it, in the log as well (DEBUG_README)."""

from collections.abc import Callable

from postroom.delivery.client.host import Host
from postroom.delivery.client.rules import Rules
from postroom.esmtp.reply_parser import MAX_LINE
from postroom.maillog.smtp import SmtpLog
from postroom.tables.match_list import NetworkList
from postroom.tables.table import Table, TableError


class Loud:
    """Logs every command to ``relay`` and every line of its replies; content stays out, and so
    does what logs us in."""

    def __init__(self, log: SmtpLog, relay: str) -> None:
        self._log = log
        self._relay = relay
        self._heard = b""

    def said(self, output: bytes) -> None:
        """Whole lines."""
        for line in output.removesuffix(b"\r\n").split(b"\r\n"):
            self._tell(">", line)

    def said_in_secret(self, output: bytes) -> None:
        """AUTH, of which the mechanism may be known, or an answer to a challenge."""
        verb, mechanism, *_ = *output.split(None, 2), b"", b""
        self._tell(">", b"%b %b" % (verb, mechanism.strip()) if verb == b"AUTH" else b"(response)")

    def heard(self, data: bytes) -> None:
        """Pieces of lines; blanks at a line's end are nobody's words."""
        *lines, rest = (self._heard + data).split(b"\n")
        self._heard = rest[:MAX_LINE]
        for line in lines:
            self._tell("<", line.rstrip())

    def _tell(self, direction: str, line: bytes) -> None:
        self._log.dialogue(direction, line.decode("utf-8", "replace"), self._relay)


class Watch:
    """Finds the servers that are watched (main.cf: debug_peer_list; -v in master.cf: all)."""

    def __init__(self, rules: Rules, log: SmtpLog, open_table: Callable[[str], Table]) -> None:
        parents = "debug_peer_list" in rules.parent_domain_matches_subdomains
        self._all = rules.verbose
        self._peers = NetworkList(rules.debug_peer_list, parents=parents)
        self._log = log
        self._open = open_table
        self._tables: dict[str, Table] = {}

    async def witness(self, host: Host) -> Loud | None:
        """Nobody is watched who cannot be found in a table."""
        if not self._all and not await self._has(host):
            return None
        return Loud(self._log, host.relay)

    async def _has(self, host: Host) -> bool:
        if not self._peers:
            return False
        try:
            return await self._peers.match_with(host.name, self._find, host.address)
        except TableError as error:
            self._log.warning(f"debug_peer_list: {error}")
            return False

    async def _find(self, table: str, key: str) -> str | None:
        if table not in self._tables:
            self._tables[table] = self._open(table)
        return await self._tables[table].find(key)
