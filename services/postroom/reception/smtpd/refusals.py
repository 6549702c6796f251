"""What is made of a refusal on its way to the client; the log has it as it was.

main.cf: smtpd_reject_filter_maps, smtpd_reject_footer_maps, smtpd_reject_footer.
"""

import re
from collections.abc import Mapping

from postroom.config.escapes import unescaped
from postroom.config.expansion import ExpansionError
from postroom.config.macros import expand, filtered
from postroom.config.references import names_in
from postroom.esmtp.reply import Reply
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.lookups.tables import Tables
from postroom.reception.smtpd.session import ClientSession
from postroom.reception.smtpd.settings import Settings

# At the beginning of a footer: it goes on in the last line of the reply.
_SAME_LINE = "\\c"
_LINE_BREAK = "\\n"
_REFUSAL = re.compile(r"([45][0-9]{2})[ -](?:([45]\.[0-9]{1,3}\.[0-9]{1,3}) )?(.*)", re.DOTALL)


class Refusals:
    """Of all sessions; ``edited`` says whether anything is made of them at all."""

    def __init__(self, settings: Settings, tables: Tables, log: SmtpdLog) -> None:
        self._filters = settings.smtpd_reject_filter_maps
        self._footer_tables = settings.smtpd_reject_footer_maps
        self._footer = settings.smtpd_reject_footer
        self._allowed = unescaped(settings.smtpd_expansion_filter)
        self._host = settings.myhostname
        self._tables = tables
        self._log = log
        self.edited = bool(self._filters or self._footer_tables or self._footer)

    async def edit(self, reply: Reply, session: ClientSession) -> Reply:
        """What the client is told in place of ``reply``."""
        if reply.code < 400:
            return reply
        other = await self._find(self._filters, reply)
        if other is not None:
            reply = self._in_place_of(reply, other)
        footer = await self._find(self._footer_tables, reply) or self._footer
        return self._with_footer(reply, footer, session) if footer else reply

    async def _find(self, names: tuple[str, ...], reply: Reply) -> str | None:
        """Tables are asked for the whole reply; one that is away has nothing."""
        try:
            return await self._tables.find_first(names, reply.wire.decode().removesuffix("\r\n"))
        except LookupFailed as failure:
            self._log.warning(str(failure))
            return None

    def _in_place_of(self, reply: Reply, text: str) -> Reply:
        found = _REFUSAL.fullmatch(text)
        if found is None:
            self._log.warning(f'smtpd_reject_filter_maps: "{text}" is no reply that refuses')
            return reply
        status = f"{found[1][0]}{found[2][1:]}" if found[2] else ""
        return Reply(int(found[1]), status, found[3])

    def _with_footer(self, reply: Reply, template: str, session: ClientSession) -> Reply:
        separator = "" if template.startswith(_SAME_LINE) else "\n"
        lines = template.removeprefix(_SAME_LINE).split(_LINE_BREAK)
        values = filtered(session.attributes(self._host), self._allowed)
        try:
            footer = "\n".join(self._filled(line, values) for line in lines)
        except ExpansionError as error:
            self._log.warning(f"smtpd_reject_footer: {error}")
            return reply
        return Reply(reply.code, reply.status, f"{reply.text}{separator}{footer}")

    def _filled(self, line: str, values: Mapping[str, str]) -> str:
        for name in sorted(names_in(line) - values.keys(), key=line.find):
            self._log.warning(f'unknown macro name "{name}" in expansion request')
        return expand(line, values)
