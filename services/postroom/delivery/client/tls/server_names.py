"""Whether a certificate is for the server that is meant (smtp_tls_verify_cert_match)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_WILDCARD = "*."


def certified_names(certificate: Mapping[str, Any]) -> list[str]:
    """The DNS names, or where there is none the common name (RFC 6125 section 6.4.4)."""
    names = [name for kind, name in certificate.get("subjectAltName", ()) if kind == "DNS"]
    if names:
        return names
    subject = [pair for part in certificate.get("subject", ()) for pair in part]
    return [name for kind, name in subject if kind == "commonName"][:1]


def patterns(match: Iterable[str], nexthop: str, host: str) -> Iterator[str]:
    """Names that would do, out of names and strategies; ``nexthop`` is the domain in it."""
    strategies = {"nexthop": nexthop, "dot-nexthop": f".{nexthop}", "hostname": host}
    for text in match:
        for word in filter(None, text.split(":")):
            yield strategies.get(word.lower(), word)


def matches(name: str, pattern: str, *, many_labels: bool) -> bool:
    """Whether a name in a certificate is what ``pattern`` (``host`` or ``.domain``) wants.

    ``many_labels`` is tls_wildcard_matches_multiple_labels: ``*.example.com`` has a.b.example.com.
    """
    name, pattern = name.lower().rstrip("."), pattern.lower().rstrip(".")
    if pattern.startswith("."):
        # Some label below the domain; a wildcard is as good as any.
        return len(pattern) > 1 and name.endswith(pattern) and len(name) > len(pattern)
    if not name.startswith(_WILDCARD) or len(name) == len(_WILDCARD):
        return bool(name) and name == pattern
    first, _, above = pattern.partition(".")
    domain = name.removeprefix(_WILDCARD)
    if many_labels:
        return pattern.endswith(f".{domain}") and not pattern.startswith(".")
    return bool(first) and above == domain
