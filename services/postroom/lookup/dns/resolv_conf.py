"""resolv.conf(5): whom to ask, and with how much patience."""

import ipaddress
from typing import NamedTuple

# resolv.conf(5), MAXNS.
MAX_SERVERS = 3
# resolv.conf(5): the ceilings of glibc.
MAX_TIMEOUT = 30
MAX_ATTEMPTS = 5
MAX_NDOTS = 15


class Resolvers(NamedTuple):
    """Addresses in the order to ask, seconds per try, rounds over all of them.

    ``trust_ad``: what the servers say of DNSSEC is believed. ``search`` are domains for names
    that need not be complete, ``ndots`` how many dots one has that is tried as it is first.
    """

    servers: tuple[str, ...] = ("127.0.0.1",)
    timeout: float = 5.0
    attempts: int = 2
    rotate: bool = False
    tcp_only: bool = False
    trust_ad: bool = True
    search: tuple[str, ...] = ()
    ndots: int = 1


def parse_resolv_conf(text: str) -> Resolvers:
    """Lines that make no sense are ignored; without any server the local one is asked."""
    servers: list[str] = []
    search: list[str] = []
    options: dict[str, str] = {}
    for line in text.splitlines():
        keyword, *words = line.split("#", 1)[0].split(";", 1)[0].split() or [""]
        if keyword == "nameserver" and words and _is_address(words[0]):
            servers.append(words[0])
        elif keyword in ("search", "domain"):  # the last of all such lines counts
            search = [word.lower().removesuffix(".") for word in words]
        elif keyword == "options":
            options.update(_option(word) for word in words)
    asked = tuple(servers[:MAX_SERVERS]) or Resolvers().servers
    return Resolvers(
        asked,
        float(_number(options, "timeout", 5, MAX_TIMEOUT)),
        _number(options, "attempts", 2, MAX_ATTEMPTS),
        "rotate" in options,
        "use-vc" in options,
        # As glibc does: nobody sits between us and a resolver on this machine.
        "trust-ad" in options or all(ipaddress.ip_address(one).is_loopback for one in asked),
        tuple(filter(None, search)),
        _number(options, "ndots", 1, MAX_NDOTS),
    )


def _option(word: str) -> tuple[str, str]:
    name, _, value = word.partition(":")
    return name, value


def _number(options: dict[str, str], name: str, default: int, ceiling: int) -> int:
    text = options.get(name, "")
    valid = text.isascii() and text.isdigit() and len(text) <= 9
    return max(1, min(int(text), ceiling)) if valid else default


def _is_address(text: str) -> bool:
    """Link-local servers carry the interface: ``fe80::1%eth0``."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
