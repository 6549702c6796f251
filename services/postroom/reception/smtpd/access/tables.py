"""check_…_access: search a table for a client, a name or an address (access(5))."""

from collections.abc import Iterator

from postroom.config.table_types import is_pattern
from postroom.mail.address import split_address
from postroom.reception.smtpd.access.request import Request
from postroom.tables.match_list import domain_keys


class AccessTable:
    """One table of one restriction; raises LookupFailed when it cannot be read."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._patterns = is_pattern(name)

    async def client(self, request: Request) -> str | None:
        """By name, then by address and the networks it is in."""
        return await self._client(request, request.client.name)

    async def reverse_client(self, request: Request) -> str | None:
        """As ``client``, by the name that nobody confirmed."""
        return await self._client(request, request.session.reverse_name)

    async def _client(self, request: Request, name: str) -> str | None:
        value = None if name == "unknown" else await self.domain(request, name)
        return await self.address(request, request.client.address) if value is None else value

    async def helo(self, request: Request) -> str | None:
        name = request.helo.removesuffix(".")
        return await self.domain(request, name) if name else None

    async def sender(self, request: Request) -> str | None:
        if request.sender is None:
            return None
        return await self._mailbox(request, request.sender)

    async def recipient(self, request: Request) -> str | None:
        return await self._mailbox(request, request.recipient) if request.recipient else None

    async def login(self, request: Request) -> str | None:
        """By the name that the client logged in with."""
        user = request.client.sasl_username
        return await request.resources.tables.find(self._name, user) if user else None

    async def certificate(self, request: Request) -> str | None:
        """By the fingerprint of the client's certificate, then by that of its key."""
        secured = request.session.secured
        if secured is None or secured.certificate is None:
            return None
        for fingerprint in secured.certificate.fingerprints:
            value = await request.resources.tables.find(self._name, fingerprint)
            if value is not None:
                return value
        return None

    async def site(self, request: Request) -> str | None:
        return await self.domain(request, request.site)

    async def domain(self, request: Request, name: str) -> str | None:
        """By the name of a host, and the domains it is in."""
        return await self._first(request, name, self._domains(request, name))

    async def address(self, request: Request, address: str) -> str | None:
        """By an IP address, and the networks it is in."""
        return await self._first(request, address, _networks(address))

    async def _mailbox(self, request: Request, address: str) -> str | None:
        settings = request.settings
        if not address:
            key = settings.smtpd_null_access_lookup_key
            return await request.resources.tables.find(self._name, key) if key else None
        final = await request.resources.destinations.final_form(address)
        return await self._first(request, final, self._addresses(request, final))

    async def _first(self, request: Request, whole: str, keys: Iterator[str]) -> str | None:
        find = request.resources.tables.find
        if self._patterns:
            return await find(self._name, whole)
        for key in keys:
            value = await find(self._name, key)
            if value is not None:
                return value
        return None

    def _addresses(self, request: Request, address: str) -> Iterator[str]:
        """user+ext@domain, user@domain, the domains, user+ext@, user@."""
        local, domain = split_address(address)
        name, extension = request.settings.extensions.split(local)
        users = (local, name) if extension else (local,)
        yield from (f"{user}@{domain}" for user in users)
        yield from self._domains(request, domain)
        yield from (f"{user}@" for user in users)

    def _domains(self, request: Request, name: str) -> Iterator[str]:
        parents = "smtpd_access_maps" in request.settings.parent_domain_matches_subdomains
        yield from domain_keys(name, parents=parents)


def _networks(address: str) -> Iterator[str]:
    """192.0.2.1, 192.0.2, 192.0, 192; the same with the colons of an IPv6 address."""
    yield address
    separator = ":" if ":" in address else "."
    while (cut := address.rfind(separator)) > 0:
        address = address[:cut].rstrip(separator)
        yield address
