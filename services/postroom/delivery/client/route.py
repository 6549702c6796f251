"""From a destination to the addresses to try, in order (RFC 5321 section 5.1, RFC 7505)."""

import random
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from postroom.contracts.dns import Record
from postroom.delivery.client.destination import Destination, is_address
from postroom.delivery.client.host import Host
from postroom.delivery.client.name_service import (
    Address,
    Found,
    NameService,
    NoRoute,
)
from postroom.delivery.client.own_addresses import OwnAddresses
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.servers import Server, in_order
from postroom.mail.status import StatusCode

# A domain may name hundreds of exchangers; we look up no more names than this for one message.
MAX_EXCHANGERS = 50
# Only mail to the standard port can come back to us (another port is another server's).
SMTP_PORT = 25


class Route(NamedTuple):
    """Hosts in the order to try them. ``ours`` says that we are an exchanger of the domain too."""

    hosts: list[Host]
    ours: bool = False


class Router:
    """Finds the hosts of destinations by the rules of one service."""

    def __init__(
        self,
        rules: Rules,
        names: NameService,
        own: OwnAddresses,
        skipping: Callable[[str], None],
    ) -> None:
        """``skipping`` hears of each look-up of a service that leads nowhere, and why."""
        self._rules = rules
        self._names = names
        self._skipping = skipping
        self._own = own

    async def find(self, destination: Destination) -> Route:
        """At least one host; raises NoRoute."""
        if destination.path:
            return Route([Host(self._rules.myhostname, "", path=destination.path)])
        if is_address(destination.host):
            found = [Host(destination.host, destination.host, destination.port)]
        elif destination.service:
            found = await self._servers(destination)
        elif destination.mail_exchangers:
            found = await self._exchangers(destination)
        else:
            found = await self._named(destination.host, destination.port)
        others = self._without_us(found, destination)
        return Route(self._limited(others), ours=len(others) < len(found))

    async def _exchangers(self, destination: Destination) -> list[Host]:
        domain, port = destination.host, destination.port
        try:
            found = await self._names.exchangers(domain)
        except NoRoute:
            if not self._rules.ignore_mx_lookup_error:
                raise
            found = Found()
        if not found.records:
            return await self._named(domain, port)
        records = [record for record in found.records if record.data]
        if not records:
            # RFC 7505 section 4.
            raise NoRoute("5.1.0", f"Domain {domain} does not accept mail (nullMX)")
        return await self._resolved(records, port, found.secure)

    async def _servers(self, destination: Destination) -> list[Host]:
        """By SRV records (main.cf: use_srv_lookup, ignore_srv_lookup_error,
        allow_srv_lookup_fallback)."""
        rules, domain, service = self._rules, destination.host, destination.service
        try:
            found = await self._names.servers(service, domain)
        except NoRoute as error:
            if error.temporary and not rules.ignore_srv_lookup_error:
                raise
            if not (error.temporary or rules.allow_srv_lookup_fallback):
                raise
            self._skipping(f"_{service}._tcp.{domain}: {error.text}")
            return await self._exchangers(destination)
        servers = [server for record in found.records if (server := Server.of(record)).host]
        if not servers:
            # RFC 2782: a single record that names the root.
            text = f"Domain _{service}._tcp.{domain} does not support SRV requests"
            raise NoRoute("5.1.0", text)
        return await self._of_servers(servers, found.secure)

    async def _of_servers(self, servers: Iterable[Server], meant: bool) -> list[Host]:
        """In the order of the records; raises NoRoute where none has an address."""
        hosts: list[Host] = []
        failure: NoRoute | None = None
        for server in in_order(servers)[:MAX_EXCHANGERS]:
            try:
                hosts += await self._named(server.host, server.port, server.priority, 0, meant)
            except NoRoute as error:
                failure = _worse(failure, error)
        if not hosts and failure is not None:
            raise self._unresolved(failure)
        return hosts

    async def _resolved(self, records: Sequence[Record], port: int, meant: bool) -> list[Host]:
        """Hosts of the best exchangers, as many as will be tried; raises NoRoute if none."""
        hosts: list[Host] = []
        failure: NoRoute | None = None
        best = min(record.preference for record in records)
        for record in self._by_preference(records)[:MAX_EXCHANGERS]:
            if self._enough(hosts, record.preference):
                break
            try:
                hosts += await self._named(record.data, port, record.preference, best, meant)
            except NoRoute as error:
                failure = _worse(failure, error)
        if not hosts and failure is not None:
            raise self._unresolved(failure)
        return self._in_order(hosts)

    def _enough(self, hosts: Sequence[Host], preference: int) -> bool:
        limit = self._rules.mx_address_limit
        return 0 < limit <= len(hosts) and hosts[-1].preference < preference

    def _by_preference(self, records: Iterable[Record]) -> list[Record]:
        """RFC 5321 section 5.1: equals in random order, so that load is spread."""
        shuffled = list(records)
        if self._rules.randomize_addresses:
            random.shuffle(shuffled)
        return sorted(shuffled, key=attrgetter("preference"))

    async def _named(
        self, name: str, port: int, preference: int = 0, best: int = 0, meant: bool = True
    ) -> list[Host]:
        leads = preference == best
        return self._in_order(
            [
                Host(
                    one.host if self._is_believed(one) else name,
                    one.text,
                    port,
                    preference,
                    leads,
                    secure=one.secure,
                    meant=meant,
                    alias=name if self._is_believed(one) else "",
                )
                for one in await self._names.addresses(name)
            ]
        )

    def _is_believed(self, address: Address) -> bool:
        """What a name is an alias of is believed only if DNSSEC vouches for it (main.cf:
        smtp_cname_overrides_servername)."""
        vouched = address.secure and self._rules.dns_support_level == "dnssec"
        return bool(address.host) and (vouched or self._rules.cname_overrides_servername)

    def _in_order(self, hosts: list[Host]) -> list[Host]:
        """By MX preference, then by the preferred address type, else at random."""
        if self._rules.randomize_addresses:
            random.shuffle(hosts)
        preferred = self._rules.address_preference
        return sorted(
            hosts, key=lambda host: (host.preference, preferred not in {"any", _type(host)})
        )

    def _without_us(self, hosts: list[Host], destination: Destination) -> list[Host]:
        """RFC 5321 section 5.1: only exchangers that are preferred to ourselves."""
        if self._rules.lmtp or destination.port != SMTP_PORT:
            return hosts
        ours = [host.preference for host in hosts if host.address in self._own]
        if not ours:
            return hosts
        better = [host for host in hosts if host.preference < min(ours)]
        if not better:
            raise NoRoute("5.4.6", f"mail for {destination.host} loops back to myself")
        return better

    def _limited(self, hosts: list[Host]) -> list[Host]:
        limit = self._rules.mx_address_limit
        if not 0 < limit < len(hosts):
            return hosts
        if self._rules.balance_inet_protocols:
            hosts = _balanced(hosts, limit)
        return hosts[:limit]

    def _unresolved(self, failure: NoRoute) -> NoRoute:
        code: StatusCode = failure.code
        if not failure.temporary and self._rules.defer_if_no_mx_address_found:
            code = "4.4.4"
        return NoRoute(code, failure.text)


def _type(host: Host) -> str:
    return "ipv6" if ":" in host.address else "ipv4"


def _worse(one: NoRoute | None, other: NoRoute) -> NoRoute:
    """A temporary failure outweighs permanent ones: the name may have addresses after all."""
    return one if one is not None and one.temporary else other


def _balanced(hosts: Sequence[Host], limit: int) -> list[Host]:
    """Both address types get a share of ``limit``, so that one broken protocol is survived."""
    counts = {kind: len(list(group)) for kind, group in groupby(sorted(map(_type, hosts)))}
    fours, sixes = counts.get("ipv4", 0), counts.get("ipv6", 0)
    share = min(fours, max(limit - sixes, limit // 2))
    room = {"ipv4": share, "ipv6": limit - share}
    chosen: list[Host] = []
    for host in hosts:
        if room[_type(host)] > 0:
            room[_type(host)] -= 1
            chosen.append(host)
    return chosen
