"""Where a recipient is really meant to go: local domains and routes through us taken off."""

from typing import NamedTuple

from postroom.lookup.trivial_rewrite.classes import AddressClasses, literal_address
from postroom.lookup.trivial_rewrite.rewrite import Rewriter, without_final_dot
from postroom.lookup.trivial_rewrite.settings import Settings
from postroom.mail.address import is_domain, quote_local
from postroom.mail.envelope import MAX_ADDRESS
from postroom.tables.network import parse_address

# Whom an empty recipient address means.
NOBODY = "MAILER-DAEMON"


class BadAddress(Exception):
    """The address can go nowhere, now or later."""


class Destination(NamedTuple):
    """The address in its final form; ``local`` where the domain is one of ours."""

    address: str
    domain: str
    local: bool


class Destinations:
    """Decides with ``classes`` which domains are ours."""

    def __init__(self, settings: Settings, rewriter: Rewriter, classes: AddressClasses) -> None:
        self._rewriter = rewriter
        self._classes = classes
        self._myhostname = settings.myhostname
        self._dequote = settings.resolve_dequoted_address
        self._null_domain = settings.resolve_null_domain
        self._numeric_domain = settings.resolve_numeric_domain
        self._dash = settings.allow_min_user

    async def of(self, address: str) -> Destination:
        """Raises BadAddress, and TableError where a list of domains cannot be read."""
        destination = await self._unrouted(address)
        # Some command on the way might take it for an option (postconf(5), allow_min_user).
        if destination.address.startswith("-") and not self._dash:
            raise BadAddress("begins with a dash")
        return destination

    async def _unrouted(self, address: str) -> Destination:
        """Local domains and operators off, one after the other.

        ``user%there@here`` becomes ``user@there`` only where ``here`` is local: how other
        hosts read it is not for us to decide.
        """
        first, _, _ = _taken_apart(address)
        quoted = quote_local(first) != first
        ours = None  # the last of our domains that was taken off
        # Each turn takes a domain or an operator off; rewriting may put a domain on again.
        for _ in range(len(address) + 100):
            local, at, domain = _taken_apart(address)
            if domain and not await self._classes.is_local(domain):
                return await self._there(local, domain)
            if domain or (at and not self._null_domain):
                ours = domain
            # Inside of quotes an operator counts only with resolve_dequoted_address.
            if not self._rewriter.has_route(local) or (quoted and not self._dequote):
                return await self._here(local, ours)
            address = self._rewriter.opened(local, quoted=quoted)
            quoted = False
        raise BadAddress("routed through too many hosts")

    async def _there(self, local: str, domain: str) -> Destination:
        if self._numeric_domain and parse_address(domain) is not None:
            domain = f"[{domain}]"
            return Destination(f"{local}@{domain}", domain, await self._classes.is_local(domain))
        return Destination(f"{local}@{self._checked(domain)}", domain, local=False)

    async def _here(self, local: str, domain: str | None) -> Destination:
        """A domain of ours, or none; this machine need not be its own mail domain."""
        if domain == "":
            raise BadAddress("empty domain")
        domain = domain or self._myhostname
        address = f"{local or NOBODY}@{domain}"
        if len(address) > MAX_ADDRESS:
            raise BadAddress("too long")
        return Destination(address, domain, await self._classes.is_local(domain))

    def _checked(self, domain: str) -> str:
        if domain.startswith("["):
            if literal_address(domain) is None:
                raise BadAddress("malformed address literal")
        elif not is_domain(domain) or domain.replace(".", "").isdecimal():
            raise BadAddress("malformed domain")
        return domain


def _taken_apart(address: str) -> tuple[str, str, str]:
    local, at, domain = address.rpartition("@")
    return (local, at, without_final_dot(domain)) if at else (address, "", "")
