"""Bring one address into the form user@fully.qualified.domain (ADDRESS_REWRITING_README)."""

from typing import NamedTuple

from postroom.contracts.rewrite import Context
from postroom.lookup.trivial_rewrite.settings import Settings
from postroom.mail.address import quote_local
from postroom.mail.envelope import MAX_ADDRESS


class Completion(NamedTuple):
    """What is appended where something is missing; empty appends nothing."""

    origin: str  # behind ``user``
    domain: str  # behind ``user@host``


class Rewriter:
    """Pure: the same address always becomes the same; the empty address stays empty, and one
    that would become too long for anybody to take stays as it is."""

    def __init__(self, settings: Settings) -> None:
        self._bang = settings.swap_bangpath
        self._percent = settings.allow_percent_hack
        remote = settings.remote_header_rewrite_domain
        self._completions = {
            Context.LOCAL: _completion(settings, settings.myorigin, settings.mydomain),
            Context.REMOTE: _completion(settings, remote, remote),
        }

    def rewrite(self, address: str, context: Context = Context.LOCAL) -> str:
        """Within a local part that has to be quoted, ``!`` and ``%`` are letters like others."""
        operates = quote_local(address) == address
        return self._short(self._rewritten(address, self._completions[context], operates), address)

    def opened(self, local: str, *, quoted: bool) -> str:
        """What a local part means where the domain behind it was ours and is gone.

        ``quoted``: it had to be in quotes, where ``%`` comes before ``!``.
        """
        address = local
        if quoted and self._percent and "@" not in local:
            address = "@".join(local.rsplit("%", 1))
        return self._short(self._rewritten(address, self._completions[Context.LOCAL], True), local)

    def _short(self, address: str, instead: str) -> str:
        return address if len(address) <= MAX_ADDRESS else instead

    def _rewritten(self, address: str, completion: Completion, operates: bool) -> str:
        address = _without_route(address)
        if not address:
            return ""
        if "@" not in address:
            address = self._with_domain(address, completion, operates)
        local, at, domain = address.rpartition("@")
        if not at:
            return address
        return f"{local}@{_qualified(domain, completion.domain)}"

    def has_route(self, local: str) -> bool:
        """Whether a local part says itself where to go on to."""
        return "@" in local or (self._bang and "!" in local) or (self._percent and "%" in local)

    def _with_domain(self, address: str, completion: Completion, operates: bool) -> str:
        host, bang, user = address.partition("!")
        if operates and self._bang and bang:
            return f"{user}@{host}"
        user, percent, host = address.rpartition("%")
        if operates and self._percent and percent:
            return f"{user}@{host}"
        return f"{address}@{completion.origin}" if completion.origin else address


def _completion(settings: Settings, origin: str, domain: str) -> Completion:
    return Completion(
        origin if settings.append_at_myorigin else "",
        domain if settings.append_dot_mydomain else "",
    )


def _without_route(address: str) -> str:
    """``@a,@b:user@c`` is ``user@c`` (RFC 5321 appendix C)."""
    if address.startswith("@"):
        _, colon, rest = address.partition(":")
        if colon and rest:
            return rest
    return address


def _qualified(domain: str, parent: str) -> str:
    """``host`` becomes ``host.parent``; a final dot says that nothing is missing, and goes."""
    if parent and domain and "." not in domain and "[" not in domain:
        return f"{domain}.{parent}"
    return without_final_dot(domain)


def without_final_dot(domain: str) -> str:
    """A domain that is nothing else, or ends in more than one, is broken and left alone."""
    if domain.endswith(".") and domain != "." and not domain.endswith(".."):
        return domain[:-1]
    return domain
