"""Mail that goes out less well protected than whoever wrote main.cf may think."""

from collections.abc import Iterator

from postroom.config.judgement.written import Written, written
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem

_CLIENTS = ("smtp", "lmtp")
_PASSWORDS = {f"{client}_sasl_password_maps": client for client in _CLIENTS}
_LEVELS = {f"{client}_tls_security_level": client for client in _CLIENTS}
_IN_CLEAR = ("", "none", "may")


def passwords_in_clear(lookup: Lookup) -> Iterator[Problem]:
    """A server that does not offer TLS, or somebody on the way to it, would get to see them."""
    for one in written(lookup):
        client = _PASSWORDS.get(one.name)
        if client is None or not lookup.typed(f"{client}_sasl_auth_enable", one.overrides):
            continue
        level = _value(lookup, one, f"{client}_tls_security_level")
        enforced = not level and lookup.typed(f"{client}_enforce_tls", one.overrides) is True
        options = _value(lookup, one, f"{client}_sasl_security_options")
        if level in _IN_CLEAR and not enforced and "noplaintext" not in options:
            yield one.warning(
                f"passwords can go out in clear: set {client}_tls_security_level = encrypt, "
                f"or noplaintext in {client}_sasl_security_options"
            )


def dane_without_dnssec(lookup: Lookup) -> Iterator[Problem]:
    """Nobody would notice: the mail goes out, or waits with a reason that says little."""
    for one in written(lookup):
        client = _LEVELS.get(one.name)
        level = _value(lookup, one, one.name) if client else ""
        if not level.startswith("dane"):
            continue
        if _value(lookup, one, f"{client}_dns_support_level") != "dnssec":
            instead = "as with may" if level == "dane" else "nowhere"
            yield one.warning(
                f"TLSA records are asked for with {client}_dns_support_level = dnssec alone: "
                f"mail goes {instead}"
            )


def _value(lookup: Lookup, one: Written, name: str) -> str:
    return lookup.text(name, one.overrides).lower()
