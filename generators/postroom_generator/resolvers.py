"""Who is asked for names: the servers of resolv.conf(5), for those that ask by themselves."""

from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

RESOLV_CONF = Path("/etc/resolv.conf")


def resolvers(path: Path = RESOLV_CONF) -> tuple[str, ...]:
    """Their addresses; none where there is no such file, or before a network has written it."""
    try:
        text = path.read_text("utf-8", "replace")
    except OSError:
        return ()
    return tuple(dict.fromkeys(_addresses(text)))


def _addresses(text: str) -> Iterator[str]:
    for line in text.splitlines():
        keyword, *values = line.split()[:2] or ("",)
        if keyword == "nameserver":
            for value in values:
                try:
                    # The packet filter of systemd knows no zones (fe80::1%eth0).
                    yield str(ip_address(value.partition("%")[0]))
                except ValueError:
                    continue
