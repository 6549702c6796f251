"""Facts about this host that are defaults of parameters: its name, its networks."""

import socket
import struct
from collections.abc import Iterable
from ipaddress import IPv4Interface, IPv6Interface, ip_address, ip_interface
from typing import NamedTuple

Interface = IPv4Interface | IPv6Interface

DEFAULT_DOMAIN = "localdomain"
"""The domain of a host whose name has none."""

_NETLINK_ROUTE = 0
_RTM_NEWADDR = 20
_RTM_GETADDR = 22
_NLMSG_DONE = 3
_DUMP = 0x301
"""NLM_F_REQUEST | NLM_F_DUMP, netlink(7)."""
_IFA_ADDRESS = 1
_IFA_LOCAL = 2
_HEADER = struct.Struct("=LHHLL")
_ADDRESS = struct.Struct("=BBBBL")
_ATTRIBUTE = struct.Struct("=HH")


class Networks(NamedTuple):
    """The parameters that decide which networks are ours."""

    style: str
    interfaces: tuple[str, ...]
    protocols: tuple[str, ...]


def hostname(domain: str) -> str:
    """The host's name, completed with ``domain`` where it has none."""
    name = socket.gethostname()
    return name if "." in name else f"{name}.{domain or DEFAULT_DOMAIN}"


def domain_of(name: str) -> str:
    """A host name without its first label."""
    return name.partition(".")[2] or DEFAULT_DOMAIN


def my_networks(wanted: Networks) -> str:
    """The default of mynetworks, in the form postconf(1) shows."""
    networks = (_network(address, wanted.style) for address in own_addresses(wanted))
    return " ".join(dict.fromkeys(networks))


def own_addresses(wanted: Networks) -> list[Interface]:
    """The addresses that receive mail, each with the prefix of its network."""
    versions = _versions(wanted.protocols)
    everything = [address for address in interface_addresses() if address.version in versions]
    if "all" in wanted.interfaces:
        return everything
    if "loopback-only" in wanted.interfaces:
        return [address for address in everything if address.is_loopback]
    names = {found for name in wanted.interfaces for found in _resolved(name)}
    return [address for address in everything if str(address.ip) in names]


def foreign_interface(wanted: Networks) -> str:
    """What is wrong with the first interface that this host does not have; empty if it has all."""
    versions = _versions(wanted.protocols)
    own = {str(address.ip) for address in interface_addresses()}
    for name in wanted.interfaces:
        if name not in ("all", "loopback-only"):
            found = [one for one in _resolved(name) if ip_address(one).version in versions]
            if not found:
                return f"host not found: {name}"
            if foreign := [one for one in found if one not in own]:
                return f"no local interface found for {foreign[0]}"
    return ""


def _versions(protocols: Iterable[str]) -> set[int]:
    named = {"ipv4": {4}, "ipv6": {6}, "all": {4, 6}}
    return set().union(*(named.get(protocol, set()) for protocol in protocols))


def _resolved(name: str) -> list[str]:
    """The addresses of a host name or of an address, bracketed or not."""
    try:
        found = socket.getaddrinfo(name.strip("[]"), None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # no such host; no name of any host
        return []
    return [str(sockaddr[0]) for *_, sockaddr in found]


def _network(address: Interface, style: str) -> str:
    """One network as mynetworks has it: IPv6 addresses in brackets."""
    prefix = address.network.prefixlen
    if style == "host":
        prefix = address.max_prefixlen
    elif style == "class" and address.version == 4:
        prefix = _class_prefix(address.packed[0])
    base = ip_interface(f"{address.ip}/{prefix}").network.network_address
    return f"[{base}]/{prefix}" if address.version == 6 else f"{base}/{prefix}"


def _class_prefix(first: int) -> int:
    """The prefix of class A, B and C networks (RFC 791 section 3.2)."""
    if first < 128:
        return 8
    return 16 if first < 192 else 24


def interface_addresses() -> list[Interface]:
    """Every address of every interface, IPv4 before IPv6 (rtnetlink(7), RTM_GETADDR)."""
    addresses: list[Interface] = []
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETLINK_ROUTE) as kernel:
        request = _ADDRESS.pack(socket.AF_UNSPEC, 0, 0, 0, 0)
        length = _HEADER.size + len(request)
        kernel.send(_HEADER.pack(length, _RTM_GETADDR, _DUMP, 1, 0) + request)
        while _collect(kernel.recv(65536), addresses):
            pass
    return addresses


def _collect(datagram: bytes, addresses: list[Interface]) -> bool:
    """Add the addresses of one reply; False after the last."""
    offset = 0
    while offset < len(datagram):
        length, kind, *_ = _HEADER.unpack_from(datagram, offset)
        if kind == _NLMSG_DONE or length < _HEADER.size:
            return False
        if kind == _RTM_NEWADDR:
            addresses.append(_address(datagram[offset + _HEADER.size : offset + length]))
        offset += (length + 3) & ~3
    return True


def _address(message: bytes) -> Interface:
    family, prefix, *_ = _ADDRESS.unpack_from(message)
    found: dict[int, bytes] = {}
    offset = _ADDRESS.size
    while offset + _ATTRIBUTE.size <= len(message):
        length, kind = _ATTRIBUTE.unpack_from(message, offset)
        found[kind] = message[offset + _ATTRIBUTE.size : offset + length]
        offset += (max(length, _ATTRIBUTE.size) + 3) & ~3
    packed = found.get(_IFA_LOCAL) or found[_IFA_ADDRESS]
    return ip_interface(f"{socket.inet_ntop(family, packed)}/{prefix}")
