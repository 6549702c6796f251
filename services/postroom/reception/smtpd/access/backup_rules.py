"""permit_mx_backup: domains of others that have us among their mail exchangers (postconf(5))."""

from collections.abc import Iterable

from postroom.contracts.dns import Record
from postroom.contracts.rewrite import AddressClass
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.access.request import Request, Subject, domain_of
from postroom.reception.smtpd.access.verdict import DUNNO, PERMIT, Verdict
from postroom.reception.smtpd.lookups.names import Presence

# What is added where it may be otherwise another time.
_WHY = {Presence.UNSURE: "", Presence.IGNORED: ": DNS reply filter policy"}
_LOOPBACK = ("127.", "::1")


async def permit_mx_backup(request: Request) -> Verdict:
    destinations = request.resources.destinations
    if not request.recipient or await destinations.is_dubious(request.recipient):
        return DUNNO
    route = await destinations.route(request.recipient)
    if route.final:
        return PERMIT
    domain = domain_of(route.recipient)
    if not domain or domain.startswith("["):
        return DUNNO
    return PERMIT if await _is_backup(domain, request) else DUNNO


async def _is_backup(domain: str, request: Request) -> bool:
    exchangers = await request.resources.names.exchangers(domain)
    if isinstance(exchangers, Presence):
        if exchangers in _WHY:
            _put_off(request, f"Unable to look up mail exchanger information{_WHY[exchangers]}")
        return False
    if not await _are_we_among(exchangers, request):
        return False
    return await _fit_networks(exchangers, request)


async def _are_we_among(exchangers: Iterable[Record], request: Request) -> bool:
    """By name, which costs no look-up of addresses, or else by address."""
    for exchanger in exchangers:
        route = await request.resources.destinations.route(f"postmaster@{exchanger.data}")
        if route.address_class is AddressClass.LOCAL:
            return True
    for exchanger in exchangers:
        if await _has_our_address(exchanger.data, request):
            return True
    return False


async def _has_our_address(host: str, request: Request) -> bool:
    addresses, _ = await request.resources.names.addresses(host)
    if not addresses:
        _put_off(request, f"Unable to look up mail exchanger host {host}")
    settings, here = request.settings, request.session.local_address
    ours = {
        address.strip("[]").lower()
        for address in (*settings.inet_interfaces, *settings.proxy_interfaces, here)
    }
    # Whoever names the loopback means himself, or nothing good.
    ours = {address for address in ours if not address.startswith(_LOOPBACK)}
    return not ours.isdisjoint(addresses)


async def _fit_networks(exchangers: tuple[Record, ...], request: Request) -> bool:
    """main.cf: permit_mx_backup_networks, where every address of the best exchangers has to be."""
    networks = request.resources.backup_networks
    if not networks:
        return True
    best = min(exchanger.preference for exchanger in exchangers)
    for exchanger in exchangers:
        if exchanger.preference == best and not await _fits(exchanger.data, request):
            return False
    return True


async def _fits(host: str, request: Request) -> bool:
    addresses, _ = await request.resources.names.addresses(host)
    if not addresses:
        _put_off(request, f"Unable to look up host {host} as mail exchanger")
        return False
    networks, find = request.resources.backup_networks, request.resources.tables.find
    for address in addresses:
        if not await networks.match_with(host, find, address):
            return False
    return True


def _put_off(request: Request, why: str) -> None:
    """What we cannot find out now may be in the client's favour later."""
    text = f"<{request.recipient}>: {Subject.RECIPIENT.value} rejected: {why}"
    request.put_off("defer_if_reject", Reply(450, "4.4.4", text))
