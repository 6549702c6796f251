"""Look at a client before it is greeted: access list, memory, patience, DNS lists."""

import asyncio
import time
from copy import copy
from enum import Enum
from typing import NamedTuple, Protocol

from postroom.esmtp.reply import Reply
from postroom.mail.envelope import Client
from postroom.maillog.postscreen import PostscreenLog
from postroom.reception.smtpd.access.request import Resources
from postroom.reception.smtpd.access.verdict import Misconfigured
from postroom.reception.smtpd.lookups.failure import LookupFailed
from postroom.reception.smtpd.screening.dns_rank import Rank, WeightedList, parse_weighted, rank
from postroom.reception.smtpd.screening.memory import Passed
from postroom.reception.smtpd.session import ClientSession

_GREETING = "pregreet"
_LISTS = "dnsbl"
_PROTOCOL_ERROR = Reply(550, "5.5.1", "Protocol error")
_UNAVAILABLE = Reply(550, "5.3.2", "Service currently unavailable")
# Of what a client said too early, for the log.
_LOGGED = 100


class Early(Protocol):
    """The line to a client that has not been greeted."""

    def tease(self, text: str) -> None:
        """Send the first half of a greeting."""

    async def overhear(self, seconds: float) -> bytes | None:
        """What the client says within that time; None once it has hung up."""


class _Access(Enum):
    PERMIT = "permit"
    REJECT = "reject"
    DUNNO = "dunno"


class Verdict(NamedTuple):
    """``goes_on``: the client is to be greeted. ``reply`` is what it is told instead, or, where it
    goes on all the same, of each recipient."""

    goes_on: bool
    reply: Reply | None = None


_PASSED = Verdict(goes_on=True)
_GONE = Verdict(goes_on=False)


class Screen:
    """One for all sessions of a service; ``log`` is postscreen's."""

    def __init__(self, resources: Resources, log: PostscreenLog) -> None:
        self._resources = resources
        self._settings = settings = resources.settings
        self.log = log
        self._lists = tuple(self._parsed(settings.postscreen_dnsbl_sites))
        self._tests = frozenset({_GREETING, *([_LISTS] if self._lists else [])})
        self._passed = Passed(time.monotonic)

    def under(self, resources: Resources) -> "Screen":
        """The same memory, with other settings for how clients are looked at."""
        other = copy(self)
        other._resources, other._settings = resources, resources.settings
        return other

    async def look_at(self, session: ClientSession, line: Early) -> Verdict:
        client = session.client
        self.log.connect(client, f"[{session.local_address}]:{session.local_port}")
        access = await self._access(client)
        if access is _Access.PERMIT:
            self.log.allowlisted(client)
            return _PASSED
        if access is _Access.REJECT:
            self.log.denylisted(client)
            verdict = self._act(self._settings.postscreen_denylist_action, _UNAVAILABLE)
            if verdict is not None:
                return verdict
        missing = self._passed.lacks(client.address, self._tests)
        if not missing:
            self.log.passed(client, known=True)
            return _PASSED
        return await self._test(client, line, missing)

    async def _test(self, client: Client, line: Early, missing: frozenset[str]) -> Verdict:
        """Patience and DNS lists at the same time."""
        settings = self._settings
        began = time.monotonic()
        ranked = asyncio.ensure_future(self._rank(client, missing))
        try:
            line.tease(settings.postscreen_greet_banner)
            early = await line.overhear(settings.postscreen_greet_wait)
            verdict = self._patience(client, early, time.monotonic() - began)
            if verdict is not None and not verdict.goes_on:
                return verdict
            found = await ranked
        finally:
            ranked.cancel()
        worse = self._reputation(client, found)
        if worse is not None and (verdict is None or not worse.goes_on):
            verdict = worse
        if verdict is not None:
            return verdict
        if early == b"" and found.score < settings.postscreen_dnsbl_threshold:
            self.log.passed(client, known=self._passed.is_known(client.address))
            self._passed.note(client.address, self._counted(missing))
        return _PASSED

    def _counted(self, tests: frozenset[str]) -> dict[str, float]:
        settings = self._settings
        seconds = {
            _GREETING: settings.postscreen_greet_ttl,
            _LISTS: max(settings.postscreen_dnsbl_min_ttl, settings.postscreen_dnsbl_max_ttl),
        }
        return {test: seconds[test] for test in tests}

    def _patience(self, client: Client, early: bytes | None, seconds: float) -> Verdict | None:
        if early is None:
            self.log.hang_up(client, seconds)
            return _GONE
        if not early:
            return None
        said = ascii(early[:_LOGGED].decode("ascii", "backslashreplace"))[1:-1]
        self.log.pregreet(client, len(early), seconds, said)
        return self._act(self._settings.postscreen_greet_action, _PROTOCOL_ERROR)

    def _reputation(self, client: Client, found: Rank) -> Verdict | None:
        if found.score < self._settings.postscreen_dnsbl_threshold:
            return None
        self.log.dns_rank(client, found.score)
        text = f"Service unavailable; client [{client.address}] blocked using {found.site}"
        return self._act(self._settings.postscreen_dnsbl_action, Reply(550, "5.7.1", text))

    def _act(self, action: str, reply: Reply) -> Verdict | None:
        if action == "drop":
            return Verdict(goes_on=False, reply=Reply(521, reply.status, reply.text))
        return Verdict(goes_on=True, reply=reply) if action == "enforce" else None

    async def _rank(self, client: Client, missing: frozenset[str]) -> Rank:
        if _LISTS not in missing:
            return Rank(0, "")
        seconds = self._settings.postscreen_dnsbl_timeout
        return await rank(self._lists, client.address, self._resources.names, seconds)

    async def _access(self, client: Client) -> _Access:
        """The first word of postscreen_access_list that says something."""
        for word in self._settings.postscreen_access_list:
            try:
                found = await self._says(word, client)
            except LookupFailed as failure:
                self.log.trouble(str(failure))
                continue
            if found is not _Access.DUNNO:
                return found
        return _Access.DUNNO

    async def _says(self, word: str, client: Client) -> _Access:
        name = word.lower()
        if name == "permit_mynetworks":
            is_ours = await self._resources.mynetworks.has(client)
            return _Access.PERMIT if is_ours else _Access.DUNNO
        if ":" in word:
            name = (await self._resources.tables.find(word, client.address) or "dunno").lower()
        try:
            return _Access(name)
        except ValueError:
            self.log.trouble(f"postscreen_access_list: unknown command: {name}")
            return _Access.DUNNO

    def _parsed(self, words: tuple[str, ...]) -> list[WeightedList]:
        found = []
        for word in words:
            try:
                found.append(parse_weighted(word))
            except (ValueError, Misconfigured) as error:
                self.log.trouble(f"postscreen_dnsbl_sites: {word}: {error}")
        return found
