"""Whom users may call themselves (main.cf: local_login_sender_maps)."""

import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pwd import getpwuid
from typing import Final

from postroom.mail.address import Extensions, quote_address, split_address
from postroom.reception.submission import Refusal, who
from postroom.reception.submission_settings import SubmissionSettings
from postroom.tables import Maps, TableError
from postroom.tables.folding import fold

# Commas and blanks part patterns, but not within quotes.
_PATTERN: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^,\s"]|")+')
ANYBODY: Final = ("static:*",)
_PARAMETER: Final = "local_login_sender_maps"


class LoginSenders:
    """``tables`` have for a login name the senders that its owner may use: addresses, ``@domain``,
    ``*`` for all, ``empty`` for none. Extensions of addresses do not count.

    ``warn`` hears what is wrong with a table.
    """

    def __init__(
        self,
        tables: Sequence[str],
        empty: str,
        extensions: Extensions,
        warn: Callable[[str], None],
    ) -> None:
        self._tables = " ".join(tables)
        self._maps = Maps(() if tuple(tables) == ANYBODY else tables)
        self._restricts = tuple(tables) != ANYBODY
        self._empty = fold(empty)
        self._extensions = extensions
        self._warn = warn

    @classmethod
    def of(cls, settings: SubmissionSettings, warn: Callable[[str], None]) -> "LoginSenders":
        return cls(
            settings.local_login_sender_maps,
            settings.empty_address_local_login_sender_maps_lookup_key,
            Extensions(settings.recipient_delimiter, settings.owner_request_special),
            warn,
        )

    async def check(self, uid: int, sender: str | None) -> None:
        """Raises Refusal unless user ``uid`` may send mail as ``sender`` (None: as himself)."""
        if self._restricts:
            with self._refusing_errors():
                found = await self._maps.find(_login(uid))
            self._judge(found, uid, sender)

    def check_now(self, uid: int, sender: str | None) -> None:
        """The same where nobody else waits."""
        if self._restricts:
            with self._refusing_errors():
                found = self._maps.lookup(_login(uid))
            self._judge(found, uid, sender)

    def _judge(self, allowed: str | None, uid: int, sender: str | None) -> None:
        sender = who(uid)[0] if sender is None else sender
        patterns = map(fold, _PATTERN.findall(allowed or ""))
        if set(patterns).isdisjoint(self._matching(sender)):
            raise Refusal(f"5.7.1 not authorized to use sender='{sender}'")

    @contextmanager
    def _refusing_errors(self) -> Iterator[None]:
        """A user is not told more than Postfix tells him."""
        try:
            yield
        except TableError as error:
            self._warn(f"{_PARAMETER}: {error}")
            text = f"4.3.0 {_PARAMETER} table lookup error for '{self._tables}'"
            raise Refusal(text) from None

    def _matching(self, sender: str) -> Iterator[str]:
        """The patterns that allow a sender."""
        local, domain = split_address(sender)
        yield "*"
        if not sender:
            yield self._empty
            return
        if domain:
            yield fold(f"@{domain}")
        name, _ = self._extensions.split(local)
        yield fold(quote_address(f"{name}@{domain}" if domain else name))


def _login(uid: int) -> str:
    try:
        return getpwuid(uid).pw_name
    except KeyError:
        return f"uid:{uid}"
