"""The class of a domain: who is responsible for it (ADDRESS_CLASS_README)."""

from collections.abc import Iterable
from typing import Protocol

from postroom.contracts.rewrite import AddressClass
from postroom.lookup.trivial_rewrite.settings import Settings
from postroom.mail.address import literal
from postroom.tables.match_list import DomainList, StringList
from postroom.tables.network import Address, parse_address

# Where each class of domains is listed in main.cf.
PARAMETERS = {
    AddressClass.LOCAL: "mydestination",
    AddressClass.VIRTUAL_ALIAS: "virtual_alias_domains",
    AddressClass.VIRTUAL_MAILBOX: "virtual_mailbox_domains",
    AddressClass.RELAY: "relay_domains",
}
_LOOPBACK = ("127.0.0.1", "::1")


class Names(Protocol):
    """A list of domains; raises TableError when it cannot tell."""

    async def holds(self, name: str) -> bool: ...


class AddressClasses:
    """A domain has one class; being listed in two is a mistake that ``also_listed`` finds."""

    def __init__(
        self,
        local: Names,
        own_addresses: Iterable[str],
        listed: Iterable[tuple[AddressClass, Names]],
    ) -> None:
        self._local = local
        self._own = {address for text in own_addresses if (address := parse_address(text))}
        self._listed = tuple(listed)

    @classmethod
    def of_settings(cls, settings: Settings) -> "AddressClasses":
        parents = "relay_domains" in settings.parent_domain_matches_subdomains
        return cls(
            StringList(settings.mydestination),
            own_addresses((*settings.inet_interfaces, *settings.proxy_interfaces)),
            (
                (AddressClass.VIRTUAL_ALIAS, StringList(settings.virtual_alias_domains)),
                (AddressClass.VIRTUAL_MAILBOX, StringList(settings.virtual_mailbox_domains)),
                (AddressClass.RELAY, DomainList(settings.relay_domains, parents=parents)),
            ),
        )

    async def is_local(self, domain: str) -> bool:
        """mydestination, or a literal of an address we receive mail on."""
        if await self._local.holds(domain):
            return True
        address = literal_address(domain)
        return address is not None and address in self._own

    async def of(self, domain: str) -> AddressClass:
        """The class of a domain that is not local."""
        for address_class, names in self._listed:
            if await names.holds(domain):
                return address_class
        return AddressClass.DEFAULT

    async def also_listed(self, domain: str, address_class: AddressClass) -> AddressClass | None:
        """A further class that claims the domain, which helpful_warnings tells the admin."""
        for other, names in self._listed:
            if other is not address_class and await names.holds(domain):
                return other
        return None


def own_addresses(interfaces: Iterable[str]) -> tuple[str, ...]:
    """The addresses among what inet_interfaces and proxy_interfaces name."""
    found: list[str] = []
    for interface in interfaces:
        if interface.lower() in ("all", "loopback-only", "localhost"):
            found.extend(_LOOPBACK)
        else:
            found.append(interface.strip("[]"))
    return tuple(found)


def literal_address(domain: str) -> Address | None:
    """The address in ``[192.0.2.1]`` or ``[IPv6:2001:db8::1]`` (RFC 5321 section 4.1.3)."""
    address = literal(domain)
    return None if address is None else parse_address(address)
