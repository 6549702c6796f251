"""The wiring that the SMTP and the LMTP client share; what differs is in their rules."""

from collections.abc import Callable
from functools import partial

from postroom.contracts import dns
from postroom.contracts.dns import RecordType
from postroom.delivery.agent import Agent
from postroom.delivery.attempt import Attempt
from postroom.delivery.client.content_checks import CannotCheck, ContentChecks
from postroom.delivery.client.destination import BadDestination
from postroom.delivery.client.generic import Generic
from postroom.delivery.client.journey import Journey, Ways
from postroom.delivery.client.name_service import NameService
from postroom.delivery.client.opened_table import opened
from postroom.delivery.client.opening import Opener
from postroom.delivery.client.own_addresses import OwnAddresses
from postroom.delivery.client.pool import Pool
from postroom.delivery.client.route import Router
from postroom.delivery.client.rules import Rules
from postroom.delivery.content import ContentLost
from postroom.ipc.client import Client
from postroom.maillog.forms import Forms
from postroom.maillog.smtp import SmtpLog
from postroom.systemd.places import socket_path
from postroom.systemd.service import Service
from postroom.tables import TableError
from postroom.tables.filtered_names import DnsReplyFilter, FilteredNames
from postroom.tables.table import Table


async def serve(service: Service, rules: Rules, program: str) -> None:
    """Deliver what the queue manager hands over, until idle."""
    forms = Forms.of(rules.info_log_address_format, rules.delay_logging_resolution_limit)
    log = SmtpLog.open(rules, program, forms)
    resolver = Client(socket_path("dns"), dns.CONTRACT)
    names = name_service(rules, resolver, log)
    own = OwnAddresses(rules.inet_interfaces, rules.proxy_interfaces)
    router = Router(rules, names, own, log.skips_service)
    # systemd hands the successor the passwords as they are then.
    opener = Opener(rules, log, names, renew=service.activity.leave)
    checks, generic = ContentChecks(rules, log), Generic(rules)
    ways = Ways(rules, router, opener, checks, generic, Pool(rules, service.activity), log)
    revised = rules.delivery_status_filter
    agent = Agent(partial(deliver, ways), log, rules.soft_bounce, revised, sees_files=False)
    await agent.serve(service, rules.max_idle)
    resolver.close()


async def deliver(ways: Ways, attempt: Attempt) -> None:
    """Settle every recipient of one request."""
    nexthop = attempt.request.nexthop
    ways.pool.enter(nexthop)
    try:
        await _post(ways, attempt)
    except CannotCheck:
        attempt.settle_rest("4.3.0", "local data error")
    except ContentLost as error:
        attempt.settle_rest("4.3.0", str(error))
    except BadDestination as error:
        attempt.settle_rest("4.3.5", f"Server configuration error: {error}")
    except TableError as error:
        attempt.settle_rest("4.3.0", f"generic mapping lookup failure: {error}")
    finally:
        ways.pool.leave(nexthop)


async def _post(ways: Ways, attempt: Attempt) -> None:
    """Raises BadDestination, CannotCheck, ContentLost, and TableError of generic tables."""
    content = await ways.checks.checked(attempt.request.queue_id, attempt.content)
    try:
        posted = await ways.generic.posted(attempt.request.envelope, content)
        await Journey(ways, attempt, posted).run()
    finally:
        if content is not attempt.content:
            content.close()


def name_service(
    rules: Rules, resolver: Client, log: SmtpLog, open_table: Callable[[str], Table] = opened
) -> NameService:
    """smtp_host_lookup, smtp_dns_support_level, inet_protocols (postconf(5))."""
    enabled = rules.dns_support_level != "disabled" and not (
        rules.dns_support_level == "" and rules.disable_dns_lookups
    )
    both = {"all"} & set(rules.inet_protocols)
    types = [
        record
        for protocol, record in (("ipv4", RecordType.A), ("ipv6", RecordType.AAAA))
        if both or protocol in rules.inet_protocols
    ]
    ignored = DnsReplyFilter(
        f"{'lmtp' if rules.lmtp else 'smtp'}_dns_reply_filter",
        map(open_table, rules.dns_reply_filter),
        log.ignored_record,
    )
    return NameService(
        FilteredNames(resolver, ignored, log.warning),
        types or [RecordType.A],
        mail_exchangers=enabled,
        use_dns=enabled and "dns" in rules.host_lookup,
        native=not enabled or "native" in rules.host_lookup,
        options=rules.dns_resolver_options,
    )
