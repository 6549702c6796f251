"""Start cleanup(8)."""

from typing import NamedTuple

from postroom.cleanup.addressing import Addressing
from postroom.cleanup.aliases import Aliases
from postroom.cleanup.bcc import Bcc
from postroom.cleanup.canonical import Canonical
from postroom.cleanup.content_checks import ContentChecks
from postroom.cleanup.conversation import Conversation
from postroom.cleanup.filtering import Filtering
from postroom.cleanup.header_addresses import HeaderAddresses
from postroom.cleanup.header_pass import HeaderPass
from postroom.cleanup.leases import Leases
from postroom.cleanup.lookup import Lookup
from postroom.cleanup.mapping import Mapping
from postroom.cleanup.masquerade import Masquerade
from postroom.cleanup.message import Works
from postroom.cleanup.preparation import Preparation
from postroom.cleanup.rewriting import Rewriter
from postroom.cleanup.settings import Settings
from postroom.contracts.cleanup import CONTRACT
from postroom.contracts.milter import CONTRACT as MILTER
from postroom.contracts.qmgr import CONTRACT as QMGR
from postroom.contracts.rewrite import CONTRACT as REWRITE
from postroom.ipc.client import Client
from postroom.ipc.serving import for_each_caller, serve_contract
from postroom.mail.address import Extensions
from postroom.maillog.cleanup import CleanupLog
from postroom.maillog.forms import Forms
from postroom.rewriting.address_lookup import AddressLookup
from postroom.systemd.credentials import read_settings
from postroom.systemd.places import socket_path
from postroom.systemd.service import Service, run
from postroom.tables.match_list import StringList


class Peers(NamedTuple):
    """The components that cleanup asks."""

    qmgr: Client
    rewrite: Client
    milter: Client


def works(
    settings: Settings, peers: Peers, log: CleanupLog, masquerade: Masquerade | None = None
) -> Works:
    """Everything a message goes through, joined; ``masquerade`` may be one that is watched."""
    rewriter = Rewriter(peers.rewrite, log)
    ours = StringList((settings.myorigin, *settings.mydestination)).holds
    extensions = Extensions(settings.recipient_delimiter, settings.owner_request_special)
    lookup = Lookup(AddressLookup(extensions, ours), log)
    canonical = Canonical(settings, lookup, rewriter, log)
    mapping = Mapping(canonical, masquerade or Masquerade(settings, log))
    aliases = Aliases(settings, lookup, rewriter, log)
    bcc = Bcc(settings, lookup, rewriter)
    headers = HeaderAddresses(settings, rewriter, mapping)
    return Works(
        Addressing(settings, rewriter, mapping, aliases, bcc),
        HeaderPass(settings, headers, log),
        peers.qmgr,
        log,
        ContentChecks(settings, log),
        Filtering(settings, peers.milter, log),
        Preparation(settings),
        settings.message_size_limit,
    )


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = CleanupLog.open(settings, "cleanup", Forms.of(settings.info_log_address_format))
    peers = Peers(
        Client(socket_path("qmgr"), QMGR),
        Client(socket_path("rewrite"), REWRITE),
        Client(socket_path("milter"), MILTER),
    )
    parts = works(settings, peers, log)
    leases = Leases(peers.qmgr)
    answerer_for = for_each_caller(lambda: Conversation(parts, leases))
    await serve_contract(service, CONTRACT, answerer_for, settings.max_idle)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
