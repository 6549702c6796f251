"""Answer one question: from the cache, from a query under way, or by asking server after server."""

import asyncio
import random

import dns.flags
import dns.message
import dns.rcode
from msgspec import structs

from postroom.contracts.dns import Answer, NoSuchName, RecordType, TryAgain
from postroom.lookup.dns.cache import MAX_TTL, Cache, Key
from postroom.lookup.dns.exchange import PORT, NoAnswer, ask_server
from postroom.lookup.dns.query import BadName, Query
from postroom.lookup.dns.reading import MAX_ALIASES, Reading, Result, read_response
from postroom.lookup.dns.resolv_conf import Resolvers
from postroom.lookup.dns.watched_file import WatchedFile
from postroom.maillog.dns import DnsLog

# Queries in the network at a time; each costs a socket. The others wait their turn.
MAX_QUERIES = 200
_FINAL = (dns.rcode.NOERROR, dns.rcode.NXDOMAIN)
# RFC 6891 section 7: how servers older than EDNS take it.
_NO_EDNS = (dns.rcode.FORMERR, dns.rcode.NOTIMP)


class Resolver:
    """Asks the servers that ``conf`` names now."""

    def __init__(
        self, conf: WatchedFile[Resolvers], cache: Cache, log: DnsLog, port: int = PORT
    ) -> None:
        self._conf = conf
        self._cache = cache
        self._log = log
        self._port = port
        self._room = asyncio.Semaphore(MAX_QUERIES)
        self._under_way: dict[Key, asyncio.Task[Reading]] = {}

    async def resolve(self, name: str, kind: RecordType) -> Result:
        """``name`` is complete and in lower case, without a final dot."""
        key = (name, kind)
        known = self._cache.get(key)
        if known is not None:
            return known
        task = self._under_way.get(key)
        if task is None:
            task = self._under_way[key] = asyncio.create_task(self._look_up(key))
            task.add_done_callback(lambda _: self._under_way.pop(key, None))
        # One caller that gives up must not take the answer from the others.
        return (await asyncio.shield(task)).result

    async def _look_up(self, key: Key) -> Reading:
        name, kind = key
        try:
            reading = await self._along_aliases(name, kind)
        except BadName:
            return Reading(NoSuchName())
        except NoAnswer as error:
            self._log.no_answer(name, kind.value, str(error))
            reading = Reading(TryAgain(str(error)[:200]))
        self._cache.put(key, reading)
        return reading

    async def _along_aliases(self, name: str, kind: RecordType) -> Reading:
        """Go on asking where a response ends at an alias (RFC 1034 section 5.2.2)."""
        ttl, secure, asked = MAX_TTL, True, name
        for _ in range(MAX_ALIASES):
            query = Query(name, kind.value)
            response = await self._ask(query)
            reading = read_response(response, query.name, kind)
            ttl = min(ttl, reading.ttl)
            secure = secure and bool(response.flags & dns.flags.AD)
            if not reading.alias:
                return _behind_aliases(reading, ttl, secure, "" if name == asked else name)
            name = reading.alias
        return Reading(TryAgain("too many aliases"))

    async def _ask(self, query: Query) -> dns.message.Message:
        """The first useful response of any server; raises NoAnswer."""
        conf = self._conf.value
        servers = list(conf.servers)
        if conf.rotate:
            random.shuffle(servers)
        failure = NoAnswer("no name server")
        for _ in range(conf.attempts):
            for server in servers:
                try:
                    return await self._ask_one(server, query, conf)
                except NoAnswer as error:
                    failure = error
        raise failure

    async def _ask_one(self, server: str, query: Query, conf: Resolvers) -> dns.message.Message:
        async with self._room:
            message = await ask_server(
                server, query, conf.timeout, port=self._port, tcp_only=conf.tcp_only
            )
        if not conf.trust_ad:
            message.flags &= ~dns.flags.AD
        if message.rcode() in _NO_EDNS and query.edns:
            return await self._ask_one(server, query.without_edns(), conf)
        if message.rcode() not in _FINAL:
            raise NoAnswer(f"{server}: {dns.rcode.to_text(message.rcode())}")
        if not message.answer and not message.flags & (dns.flags.AA | dns.flags.RA):
            raise NoAnswer(f"{server}: knows nothing of the name and does not ask others")
        return message


def _behind_aliases(reading: Reading, ttl: int, secure: bool, alias: str) -> Reading:
    """An answer lives no longer than the aliases before it, and is no more secure; the last
    ``alias`` led to it, if it is not one itself."""
    result = reading.result
    if not isinstance(result, Answer):
        return Reading(result, ttl)
    if alias or ttl < result.ttl or secure is not result.secure:
        canonical = result.canonical or alias.lower()
        result = structs.replace(result, ttl=ttl, secure=secure, canonical=canonical)
    return Reading(result, ttl)
