"""Whether an address is this machine's: no mail from us to us (RFC 5321 section 6.3)."""

import ipaddress
import socket
from collections.abc import Collection
from functools import lru_cache


class OwnAddresses:
    """What main.cf's ``inet_interfaces`` and ``proxy_interfaces`` name.

    ``all`` means every address that the kernel lets us bind, and of the loopback networks
    127.0.0.1 and ::1. A numeric address is compared; names in the lists are not looked up.
    """

    def __init__(self, inet_interfaces: Collection[str], proxy_interfaces: Collection[str]) -> None:
        self._everything = "all" in inet_interfaces
        self._listed = {_canonical(text) for text in (*inet_interfaces, *proxy_interfaces)}
        if self._everything or "loopback-only" in inet_interfaces:
            self._listed |= {"127.0.0.1", "::1"}

    def __contains__(self, address: str) -> bool:
        address = _canonical(address)
        return address in self._listed or (self._everything and _bindable(address))


def _canonical(text: str) -> str:
    bare = text.strip("[]").lower().removeprefix("ipv6:")
    try:
        return str(ipaddress.ip_address(bare))
    except ValueError:
        return bare


@lru_cache(maxsize=1024)
def _bindable(address: str) -> bool:
    """A UDP socket can be bound to addresses of our own only (ip(7)); nothing is sent."""
    if ipaddress.ip_address(address).is_loopback:
        return False
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True
