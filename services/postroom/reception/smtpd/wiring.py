"""The desk that a configuration asks for, and the components that it asks in turn."""

import time
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple

from postroom.contracts import cleanup, dns, milter, policy_client, proxymap, rewrite, showq, verify
from postroom.contracts.cleanup import Handling
from postroom.contracts.intake import Intake
from postroom.esmtp.reply import Reply
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract
from postroom.mail.probe_sender import ProbeSender
from postroom.maillog.postscreen import PostscreenLog
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.access.request import Resources
from postroom.reception.smtpd.access.stages import Gatekeeper
from postroom.reception.smtpd.client_limits import ClientLimits
from postroom.reception.smtpd.client_name import ClientNames
from postroom.reception.smtpd.command_filter import CommandFilter
from postroom.reception.smtpd.desk import Desk
from postroom.reception.smtpd.flush import SiteFlush
from postroom.reception.smtpd.full_queue import FullQueue
from postroom.reception.smtpd.lookups.client_list import ClientList, ClientLists
from postroom.reception.smtpd.lookups.destinations import Destinations
from postroom.reception.smtpd.lookups.memory import ShortMemory
from postroom.reception.smtpd.lookups.names import Names
from postroom.reception.smtpd.lookups.policies import Policies
from postroom.reception.smtpd.lookups.tables import Tables
from postroom.reception.smtpd.lookups.verification import Verification
from postroom.reception.smtpd.notices import Notices
from postroom.reception.smtpd.offer import Offers
from postroom.reception.smtpd.privileges import Privileges
from postroom.reception.smtpd.refusals import Refusals
from postroom.reception.smtpd.sasl.authentication import Authentication
from postroom.reception.smtpd.screening.screen import Screen
from postroom.reception.smtpd.settings import Settings
from postroom.reception.smtpd.tls.encryption import open_encryption
from postroom.tables.filtered_names import DnsReplyFilter, FilteredNames
from postroom.tables.match_list import NetworkList, StringList
from postroom.tables.proxied import ProxiedTable


class Peers(NamedTuple):
    """The components that smtpd asks."""

    cleanup: Client
    rewrite: Client
    proxymap: Client
    dns: Client
    showq: Client
    milter: Client
    policy: Client
    verify: Client

    @classmethod
    def of(cls, client: Callable[[Contract], Client]) -> "Peers":
        return cls(
            cleanup=client(cleanup.CONTRACT),
            rewrite=client(rewrite.CONTRACT),
            proxymap=client(proxymap.CONTRACT),
            dns=client(dns.CONTRACT),
            showq=client(showq.CONTRACT),
            milter=client(milter.CONTRACT),
            policy=client(policy_client.CONTRACT),
            verify=client(verify.CONTRACT),
        )


def open_desk(
    settings: Settings,
    log: SmtpdLog,
    peers: Peers,
    background: Callable[[Coroutine[Any, Any, None]], None],
    screen_log: PostscreenLog | None = None,
) -> Desk:
    """The desk that a configuration asks for; with a ``screen_log`` clients are looked at before
    they are greeted."""
    tables = Tables(peers.proxymap)
    lists = ClientLists(tables, settings.parent_domain_matches_subdomains)
    mynetworks = lists.open("mynetworks", settings.mynetworks)
    resources = _resources(settings, log, peers, tables, mynetworks)
    encryption = open_encryption(settings, log)
    host = settings.myhostname
    external, internal = _handlings(settings)
    filtered = settings.smtpd_milters or settings.smtpd_milter_maps
    return Desk(
        resources=resources,
        settings=settings,
        log=log,
        tables=tables,
        intake=Intake(peers.cleanup, external),
        full_queue=FullQueue(),
        notices=Notices(settings, Intake(peers.cleanup, internal), log),
        gatekeeper=Gatekeeper(resources),
        encryption=encryption,
        authentication=Authentication(settings, tables, log, tls_required=encryption.required),
        client_names=ClientNames(resources.names, log, enabled=settings.smtpd_peername_lookup),
        flush=SiteFlush(peers.showq, settings, tables),
        milter=peers.milter if filtered and external.milters else None,
        screen=Screen(resources, screen_log) if screen_log is not None else None,
        client_limits=ClientLimits(settings, log, time.monotonic),
        privileges=Privileges(settings, lists, log),
        probe_sender=ProbeSender.of(
            settings.address_verify_sender, settings.myorigin, settings.address_verify_sender_ttl
        ),
        forbidden_commands=StringList(settings.smtpd_forbidden_commands),
        offers=Offers(settings, tables, log, starttls=encryption.offered),
        refusals=Refusals(settings, tables, log),
        command_filter=CommandFilter(settings.smtpd_command_filter, tables, log),
        greeting=Reply(220, "", settings.smtpd_banner),
        helo_reply=Reply(250, "", host),
        background=background,
    )


def _resources(
    settings: Settings, log: SmtpdLog, peers: Peers, tables: Tables, mynetworks: ClientList
) -> Resources:
    """What restrictions ask."""
    return Resources(
        settings=settings,
        log=log,
        tables=tables,
        destinations=Destinations(
            peers.rewrite,
            trusting=settings.allow_untrusted_routing,
            by_sender=bool(settings.sender_dependent_default_transport_maps),
        ),
        names=_names(settings, log, peers),
        policies=Policies(peers.policy),
        verification=Verification(
            peers.verify, settings.address_verify_poll_count, settings.address_verify_poll_delay
        ),
        mynetworks=mynetworks,
        logged_permits=StringList(settings.smtpd_log_access_permit_actions),
        backup_networks=NetworkList(
            settings.permit_mx_backup_networks,
            parents="permit_mx_backup_networks" in settings.parent_domain_matches_subdomains,
        ),
        recipients=ShortMemory(),
    )


def _names(settings: Settings, log: SmtpdLog, peers: Peers) -> Names:
    tables = [ProxiedTable(name, peers.proxymap) for name in settings.smtpd_dns_reply_filter]
    ignored = DnsReplyFilter("smtpd_dns_reply_filter", tables, log.ignored_record)
    return Names(FilteredNames(peers.dns, ignored, log.warning))


def _handlings(settings: Settings) -> tuple[Handling, Handling]:
    """What cleanup does to clients' mail, and to our notices."""
    classes = settings.smtputf8_autodetect_classes
    external = Handling.external(settings.receive_override_options)
    internal = Handling.internal("notify", settings.internal_mail_filter_classes)
    return external.detecting("smtpd", classes), internal.detecting("notify", classes)
