"""The levels dane and dane-only: what a server's TLSA records make of them (RFC 7672)."""

from postroom.delivery.client.host import Host
from postroom.delivery.client.name_service import Found, NameService
from postroom.delivery.client.rules import Rules
from postroom.delivery.client.tls.policy import BadPolicy, Level, level
from postroom.tls.tlsa import Tlsa, parse_tlsa

_NOTHING_ASKED = "policy configured with dnssec lookups disabled"


class Dane:
    """By the rules of one service. DNSSEC is what the resolver says it is (AD)."""

    def __init__(self, rules: Rules, names: NameService) -> None:
        self._names = names
        self._enabled = rules.dns_support_level == "dnssec" and "dns" in rules.host_lookup
        self._insecure_exchanger = level(rules.tls_dane_insecure_mx_policy)
        self._insecure_host = rules.tls_force_insecure_host_tlsa_lookup

    async def resolve(self, wanted: Level, host: Host) -> tuple[Level, tuple[Tlsa, ...]]:
        """The level for one host, DANE only with records; other levels stay. Raises BadPolicy."""
        if wanted not in (Level.DANE, Level.DANE_ONLY):
            return wanted, ()
        if not self._enabled:
            return _without(wanted, _NOTHING_ASKED)
        if host.path:
            return _without(wanted, "no TLSA records for UNIX-domain sockets")
        if not host.meant and (wanted is Level.DANE_ONLY or self._insecure_exchanger <= Level.MAY):
            return _without(wanted, "non DNSSEC destination")
        if not (host.secure or self._insecure_host):
            return _without(wanted, "no TLSA records found")
        return await self._by_records(wanted, host)

    async def _by_records(self, wanted: Level, host: Host) -> tuple[Level, tuple[Tlsa, ...]]:
        found = await self._records(host.name, host.port)
        if host.alias and not (found.records and found.secure):
            # RFC 7672 section 2.2.3: else they may be where the alias is.
            found = await self._records(host.alias, host.port)
        if not (found.records and found.secure):
            return _without(wanted, "no TLSA records found")
        records = tuple(parse_tlsa(record.data) for record in found.records)
        usable = tuple(record for record in records if record.usable)
        if not usable:
            # RFC 7672 section 2.2: there are some, so that TLS must be.
            return _without(wanted, "TLSA records unusable", Level.ENCRYPT)
        if not host.meant and self._insecure_exchanger is Level.ENCRYPT:
            return Level.ENCRYPT, ()
        return Level.DANE, usable

    async def _records(self, name: str, port: int) -> Found:
        found = await self._names.tlsa(name, port)
        if found is None:
            reason = f"TLSA lookup error for {name}:{port}"
            raise BadPolicy(reason, reason)
        return found


def _without(
    wanted: Level, reason: str, instead: Level = Level.MAY
) -> tuple[Level, tuple[Tlsa, ...]]:
    if wanted is Level.DANE_ONLY:
        raise BadPolicy(reason, reason)
    return instead, ()
