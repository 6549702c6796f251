"""Find transport, nexthop and class of a recipient (trivial-rewrite(8), "resolve")."""

from typing import NamedTuple

from postroom.contracts.rewrite import AddressClass, Route
from postroom.lookup.trivial_rewrite.address_keys import recipient_keys
from postroom.lookup.trivial_rewrite.classes import PARAMETERS, AddressClasses
from postroom.lookup.trivial_rewrite.destination import BadAddress, Destination, Destinations
from postroom.lookup.trivial_rewrite.rewrite import Rewriter
from postroom.lookup.trivial_rewrite.settings import Settings
from postroom.lookup.trivial_rewrite.transports import Hop, configured, overridden
from postroom.mail.address import Extensions, split_address
from postroom.maillog.trivial_rewrite import TrivialRewriteLog
from postroom.rewriting.address_keys import Tables, first_found, user_keys
from postroom.tables.maps import Maps

# What sender-dependent tables answer for "as for everybody".
_DUNNO = "dunno"
# In front of what relocated_maps say (main.cf: relocated_prefix_enable).
_MOVED = "5.1.6 User has moved to "


class RoutingTables(NamedTuple):
    """The tables main.cf names, each as a list that may be empty."""

    transport: Tables
    sender_transport: Tables
    sender_relayhost: Tables
    relocated: Tables

    @classmethod
    def of_settings(cls, settings: Settings) -> "RoutingTables":
        """Raises TableError for a name that can never work."""
        return cls(
            # An address may choose among services and hosts, not name one (transport(5)).
            Maps(settings.transport_maps, constant=True),
            Maps(settings.sender_dependent_default_transport_maps, constant=True),
            Maps(settings.sender_dependent_relayhost_maps, constant=True),
            Maps(settings.relocated_maps),
        )


class Resolver:
    """Pure but for the tables; raises TableError where one cannot be read."""

    def __init__(
        self,
        settings: Settings,
        rewriter: Rewriter,
        classes: AddressClasses,
        tables: RoutingTables,
        log: TrivialRewriteLog,
    ) -> None:
        self._settings = settings
        self._classes = classes
        self._tables = tables
        self._log = log
        self._destinations = Destinations(settings, rewriter, classes)
        self._parents = "transport_maps" in settings.parent_domain_matches_subdomains
        self._extensions = Extensions(settings.recipient_delimiter, settings.owner_request_special)

    async def resolve(self, sender: str, address: str) -> Route:
        try:
            destination = await self._destinations.of(address)
        except BadAddress:
            hop = Hop("error", "5.1.3 bad address syntax")
            return Route(*hop, address, AddressClass.DEFAULT)
        address_class = await self._class_of(destination)
        hop = await self._hop(sender, destination, address_class)
        if address_class is not AddressClass.VIRTUAL_ALIAS:
            hop = await self._by_transport_maps(destination, hop)
        hop = await self._if_relocated(destination, hop)
        if address_class is AddressClass.LOCAL and self._is_end_of_bounces(destination):
            hop = Hop("discard", "undeliverable postmaster notification discarded")
        return Route(*hop, destination.address, address_class)

    def _is_end_of_bounces(self, destination: Destination) -> bool:
        """double_bounce_sender has no mailbox: whatever comes back to it has come far enough."""
        local, _ = split_address(destination.address)
        return local.lower() == self._settings.double_bounce_sender.lower()

    async def _class_of(self, destination: Destination) -> AddressClass:
        domain = destination.domain
        address_class = AddressClass.LOCAL if destination.local else await self._classes.of(domain)
        if self._settings.helpful_warnings and address_class is not AddressClass.DEFAULT:
            other = await self._classes.also_listed(domain, address_class)
            if other is not None:
                self._log.listed_twice(domain, PARAMETERS[address_class], PARAMETERS[other])
        return address_class

    async def _hop(self, sender: str, destination: Destination, address_class: AddressClass) -> Hop:
        settings, domain = self._settings, destination.domain.lower()
        match address_class:
            case AddressClass.LOCAL:
                return configured(settings.local_transport, domain)
            case AddressClass.VIRTUAL_ALIAS:
                return Hop("error", self._unknown_alias())
            case AddressClass.VIRTUAL_MAILBOX:
                return configured(settings.virtual_transport, domain)
            case AddressClass.RELAY:
                return configured(settings.relay_transport, await self._relayhost(sender, domain))
            case AddressClass.DEFAULT:
                transport = await self._default_transport(sender)
                return configured(transport, await self._relayhost(sender, domain))

    def _unknown_alias(self) -> str:
        """Whom virtual_alias_maps know was replaced before anybody asks for a route."""
        table = " in virtual alias table" if self._settings.show_user_unknown_table_name else ""
        return f"5.1.1 User unknown{table}"

    async def _default_transport(self, sender: str) -> str:
        key = sender or self._settings.empty_address_default_transport_maps_lookup_key
        found = await self._by_user(self._tables.sender_transport, key)
        if found is None or found.lower() == _DUNNO:
            return self._settings.default_transport
        return found

    async def _relayhost(self, sender: str, domain: str) -> str:
        key = sender or self._settings.empty_address_relayhost_maps_lookup_key
        found = await self._by_user(self._tables.sender_relayhost, key)
        if found is None or found.lower() == _DUNNO:
            return self._settings.relayhost or domain
        return found

    async def _by_transport_maps(self, destination: Destination, hop: Hop) -> Hop:
        keys = recipient_keys(destination.address, self._extensions, parents=self._parents)
        found = await first_found(self._tables.transport, keys)
        return hop if found is None else overridden(hop, found.value, destination.domain)

    async def _if_relocated(self, destination: Destination, hop: Hop) -> Hop:
        place = await self._by_user(self._tables.relocated, destination.address)
        if place is None:
            return hop
        prefix = _MOVED if self._settings.relocated_prefix_enable else ""
        return Hop("error", f"{prefix}{place}")

    async def _by_user(self, tables: Tables, address: str) -> str | None:
        if not tables:
            return None
        _, domain = split_address(address)
        ours = domain.lower() == self._settings.myorigin.lower()
        ours = ours or await self._classes.is_local(domain)
        found = await first_found(tables, user_keys(address, self._extensions, ours=ours))
        return None if found is None else found.value
