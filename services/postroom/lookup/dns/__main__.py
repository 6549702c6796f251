"""Start dns."""

from pathlib import Path

from postroom.contracts.dns import CONTRACT
from postroom.ipc.serving import serve_contract
from postroom.lookup.dns.answerer import NameAnswerer
from postroom.lookup.dns.cache import Cache
from postroom.lookup.dns.hosts_file import parse_hosts
from postroom.lookup.dns.resolv_conf import parse_resolv_conf
from postroom.lookup.dns.resolver import Resolver
from postroom.lookup.dns.searching import Search
from postroom.lookup.dns.settings import Settings
from postroom.lookup.dns.watched_file import WatchedFile
from postroom.maillog.dns import DnsLog
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run

_RESOLV_CONF = Path("/etc/resolv.conf")
_HOSTS = Path("/etc/hosts")


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = DnsLog.open(settings, "dns")
    answerer = answerer_of(log, transitional=settings.enable_idna2003_compatibility)
    await serve_contract(service, CONTRACT, answerer.answerer_for, settings.max_idle)


def answerer_of(log: DnsLog, *, transitional: bool = False) -> NameAnswerer:
    """Everything a question goes through, joined."""
    conf = WatchedFile(_RESOLV_CONF, parse_resolv_conf)
    search = Search(Resolver(conf, Cache(), log), conf)
    return NameAnswerer(search, WatchedFile(_HOSTS, parse_hosts), transitional=transitional)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
