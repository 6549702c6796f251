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

    def of(self, address: str) -> Destination:
        """Raises BadAddress, and TableError where a list of domains cannot be read.

        ``user%there@here`` becomes ``user@there`` only where ``here`` is local: how other
        hosts read it is not for us to decide.
        """
        # Each turn takes a domain or an operator off; rewriting may put a domain on again.
        for _ in range(len(address) + 100):
            local, at, domain = self._taken_apart(address)
            if at and not self._classes.is_local(domain):
                return Destination(f"{local}@{self._checked(domain)}", domain, local=False)
            if not self._has_route(local):
                return self._local(local, domain)
            address = self._rewriter.rewrite(local)
        raise BadAddress("routed through too many hosts")

    def _has_route(self, local: str) -> bool:
        """Inside of quotes an operator counts only with resolve_dequoted_address."""
        return self._rewriter.has_route(local) and (self._dequote or quote_local(local) == local)

    def _taken_apart(self, address: str) -> tuple[str, str, str]:
        local, at, domain = address.rpartition("@")
        if not at:
            return address, "", ""
        domain = without_final_dot(domain)
        if domain:
            return local, at, self._bracketed(domain)
        if self._null_domain:
            return self._taken_apart(local)
        raise BadAddress("empty domain")

    def _bracketed(self, domain: str) -> str:
        numeric = self._numeric_domain and parse_address(domain) is not None
        return f"[{domain}]" if numeric else domain

    def _local(self, local: str, domain: str) -> Destination:
        domain = domain or self._myhostname
        address = f"{local or NOBODY}@{domain}"
        if len(address) > MAX_ADDRESS:
            raise BadAddress("too long")
        return Destination(address, domain, local=True)

    def _checked(self, domain: str) -> str:
        if domain.startswith("["):
            if literal_address(domain) is None:
                raise BadAddress("malformed address literal")
        elif not is_domain(domain) or domain.replace(".", "").isdecimal():
            raise BadAddress("malformed domain")
        return domain
