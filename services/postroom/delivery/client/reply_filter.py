"""Put other lines in place of what a server says (postconf(5), smtp_reply_filter)."""

import asyncio
from collections.abc import Callable, Sequence

from postroom.esmtp.reply_parser import MAX_LINE, MAX_REPLY
from postroom.maillog.smtp import SmtpLog
from postroom.tables.table import Table, TableError


class ReplyFilter:
    """Of one connection to ``relay``: what is fed comes to ``heard`` line by line, changed or not.

    ``lost`` is called where a table gives no answer, and nothing comes after that; ``afterwards``
    may be set while it is ``busy``.
    """

    def __init__(
        self,
        tables: Sequence[Table],
        log: SmtpLog,
        relay: str,
        heard: Callable[[bytes], None],
        lost: Callable[[], None],
    ) -> None:
        self._tables = tables
        self._log = log
        self._relay = relay
        self._heard = heard
        self._lost = lost
        self.afterwards: Callable[[], None] | None = None
        self._buffer = b""
        self._work: asyncio.Task[None] | None = None

    def feed(self, data: bytes) -> None:
        self._buffer += data
        if len(self._buffer) > MAX_REPLY:
            self.forget()
            self._lost()
        elif self._work is None and b"\n" in self._buffer:
            self._work = asyncio.ensure_future(self._go_on())

    def forget(self) -> None:
        """Whatever has come is not to be believed, or nobody listens any more."""
        self._buffer = b""

    @property
    def busy(self) -> bool:
        """Whether something has come that is not heard yet."""
        return self._work is not None

    async def _go_on(self) -> None:
        try:
            while b"\n" in self._buffer:
                line, _, self._buffer = self._buffer.partition(b"\n")
                meant = await self._meant(line.removesuffix(b"\r"))
                self._heard(meant + b"\r\n")
        except TableError as error:
            self._log.no_reply_filter(str(error))
            self.forget()
            self._lost()
        finally:
            self._work = None
        if self.afterwards is not None:
            self.afterwards()

    async def _meant(self, line: bytes) -> bytes:
        text = line[:MAX_LINE].decode("utf-8", "replace")
        for table in self._tables:
            try:
                other = await table.find(text)
            except TableError:
                raise TableError(f"table {table.name} lookup error for {text[:100]}") from None
            if other is not None:
                self._log.reply_replaced(self._relay, text, other)
                return other.encode("utf-8", "replace")
        return line
