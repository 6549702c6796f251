"""Put another command in place of what a client says (main.cf: smtpd_command_filter)."""

from postroom.maillog.record import printable
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.lookups.tables import Tables
from postroom.reception.smtpd.session import ClientSession


class CommandFilter:
    """``tables`` are asked for whole lines, as they came but for blanks before them."""

    def __init__(self, names: tuple[str, ...], tables: Tables, log: SmtpdLog) -> None:
        self._names = names
        self._tables = tables
        self._log = log

    def __bool__(self) -> bool:
        return bool(self._names)

    async def meant(self, line: bytes, session: ClientSession) -> bytes:
        """The command in place of a line; the line itself where there is none, or no answer."""
        command = line.decode("utf-8", "replace")
        try:
            other = await self._tables.find_first(self._names, command.lstrip(" \t"))
        except LookupFailed as failure:
            self._log.warning(f'{failure} for "{printable(command)[:100]}"')
            return line
        if other is None:
            return line
        self._log.replaced(session.client, command, other)
        return other.encode("utf-8", "replace")
