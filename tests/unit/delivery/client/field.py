"""What a delivery test stands on: rules, a name service, requests, and the log as lines."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from memory_journal import MemoryJournal
from postroom.contracts import dns
from postroom.contracts.delivery import Deliver
from postroom.contracts.dns import Lookup, NoSuchName
from postroom.delivery.attempt import Attempt
from postroom.delivery.client.content_checks import ContentChecks
from postroom.delivery.client.generic import Generic
from postroom.delivery.client.journey import Ways
from postroom.delivery.client.name_service import NameService
from postroom.delivery.client.opening import Opener
from postroom.delivery.client.own_addresses import OwnAddresses
from postroom.delivery.client.pool import Pool
from postroom.delivery.client.program import name_service
from postroom.delivery.client.route import Router
from postroom.delivery.client.rules import Rules
from postroom.delivery.content import Content
from postroom.ipc.client import Client
from postroom.mail.envelope import Envelope, Recipient
from postroom.maillog.smtp import SmtpLog
from postroom.systemd.activity import Activity
from postroom.tables import Maps
from postroom.tables.opening import open_directly

RULES = Rules(
    lmtp=False,
    address_preference="any",
    address_verify_target="rcpt",
    balance_inet_protocols=True,
    bind_address="",
    bind_address6="",
    bind_address_enforce=False,
    body_checks=(),
    cname_overrides_servername=False,
    connect_timeout=5.0,
    connection_cache_destinations=(),
    connection_cache_on_demand=True,
    connection_cache_time_limit=2.0,
    connection_reuse_count_limit=0,
    connection_reuse_time_limit=300.0,
    data_done_timeout=5.0,
    data_init_timeout=5.0,
    data_xfer_timeout=5.0,
    defer_if_no_mx_address_found=False,
    delivery_status_filter=(),
    disable_dns_lookups=False,
    disable_mime_output_conversion=False,
    discard_ehlo_keyword_address_maps=(),
    discard_ehlo_keywords=(),
    dns_reply_filter=(),
    dns_support_level="",
    enforce_tls=False,
    fallback_relay=(),
    generic_maps=(),
    header_checks=(),
    header_size_limit=102_400,
    helo_name="me.example",
    helo_timeout=5.0,
    host_lookup=("dns",),
    ignore_mx_lookup_error=False,
    inet_interfaces=("192.0.2.99",),
    inet_protocols=("ipv4",),
    line_length_limit=998,
    mail_timeout=5.0,
    max_idle=100.0,
    mime_boundary_length_limit=2048,
    mime_header_checks=(),
    mime_nesting_limit=100,
    min_data_rate=500,
    minimal_backoff_time=300.0,
    mx_address_limit=5,
    mx_session_limit=2,
    mydestination=("me.example",),
    myorigin="me.example",
    propagate_unmatched_extensions=("canonical", "virtual"),
    myhostname="me.example",
    nested_header_checks=(),
    proxy_interfaces=(),
    quit_timeout=5.0,
    quote_rfc821_envelope=True,
    randomize_addresses=True,
    rcpt_timeout=5.0,
    owner_request_special=True,
    per_request_deadline=False,
    pix_workaround_delay_time=0.3,
    pix_workaround_maps=(),
    pix_workaround_threshold_time=500.0,
    pix_workarounds=("disable_esmtp", "delay_dotcrlf"),
    recipient_delimiter="",
    relayhost="",
    reply_filter=(),
    rset_timeout=5.0,
    sasl_auth_cache_name=(),
    sasl_auth_cache_time=7776000.0,
    sasl_auth_enable=False,
    sasl_auth_soft_bounce=True,
    sasl_mechanism_filter=(),
    sasl_password_maps=(),
    sasl_password_result_delimiter=":",
    sasl_security_options=("noplaintext", "noanonymous"),
    sasl_tls_security_options=("noanonymous",),
    sasl_tls_verified_security_options=("noanonymous",),
    send_dummy_mail_auth=False,
    send_xforward_command=False,
    sender_dependent_authentication=False,
    skip_5xx_greeting=True,
    skip_quit_response=True,
    soft_bounce=False,
    starttls_timeout=5.0,
    delay_logging_resolution_limit=2,
    info_log_address_format="external",
    syslog_name="postfix",
    tcp_port="25",
    tls_append_default_CA=False,
    tls_CAfile="",
    tls_CApath="",
    tls_cert_file="",
    tls_chain_files=(),
    tls_ciphers="medium",
    tls_connection_reuse=False,
    tls_eccert_file="",
    tls_eckey_file="",
    tls_enforce_peername=True,
    tls_exclude_ciphers=(),
    tls_fingerprint_cert_match=(),
    tls_fingerprint_digest="sha256",
    tls_high_cipherlist="HIGH",
    tls_force_insecure_host_tlsa_lookup=False,
    tls_key_file="",
    tls_loglevel=0,
    tls_mandatory_ciphers="medium",
    tls_mandatory_exclude_ciphers=(),
    tls_mandatory_protocols=">=TLSv1",
    tls_medium_cipherlist="HIGH:MEDIUM",
    tls_note_starttls_offer=False,
    tls_null_cipherlist="eNULL",
    tls_policy_maps=(),
    tls_protocols=">=TLSv1",
    tls_secure_cert_match=("nexthop", "dot-nexthop"),
    tls_security_level="",
    tls_servername="",
    tls_session_cache_database=(),
    tls_session_cache_timeout=3600.0,
    tls_ssl_options=(),
    tls_verify_cert_match=("hostname",),
    tls_wildcard_matches_multiple_labels=True,
    tls_wrappermode=False,
    use_tls=False,
    xforward_timeout=5.0,
)


def rules(**changes: Any) -> Rules:
    return msgspec.structs.replace(RULES, **changes)


Zone = Mapping[tuple[str, str], Any]


class FakeResolver(Client):
    """Stands at the border of the dns contract: answers out of a table."""

    def __init__(self, zone: Zone) -> None:
        super().__init__("/nonexistent", dns.CONTRACT)
        self.zone = zone
        self.asked: list[tuple[str, str]] = []

    async def ask(self, question: Any) -> Any:
        assert isinstance(question, Lookup)
        key = (question.name, question.record.value)
        self.asked.append(key)
        return self.zone.get(key, NoSuchName())


def names_of(settings: Rules, resolver: Client) -> NameService:
    """By way of ``resolver``, without a log."""
    return name_service(settings, resolver, SmtpLog(MemoryJournal()))


class Field:
    """One service with its pool, and the means to send messages through it."""

    def __init__(self, settings: Rules = RULES, zone: Zone | None = None) -> None:
        self.journal = MemoryJournal()
        self.log = SmtpLog(self.journal)
        self.activity = Activity()
        resolver = FakeResolver(zone or {})
        own = OwnAddresses(settings.inet_interfaces, settings.proxy_interfaces)
        names = name_service(settings, resolver, self.log)
        router = Router(settings, names, own, self.log.skips_service)
        pool = Pool(settings, self.activity)
        opener = Opener(settings, self.log, names, self.activity.leave)
        generic = Generic(settings, open_directly)
        checks = ContentChecks(settings, self.log, Maps)
        self.ways = Ways(settings, router, opener, checks, generic, pool, self.log)

    def attempt(
        self,
        nexthop: str,
        *recipients: str,
        content: bytes | Path = b"Subject: x\r\n\r\nhello\r\n",
        **envelope: Any,
    ) -> Attempt:
        now = time.time()
        to = tuple(Recipient(address) for address in recipients or ("b@y.example",))
        whole = Envelope(**{"sender": "a@x.example", "recipients": to, "arrival": now, **envelope})
        data = content if isinstance(content, bytes) else None
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        request = Deliver("0123456789AB", nexthop, whole, size, now, now, data)
        return Attempt(request, _content(content), self.log)

    @property
    def statuses(self) -> list[str]:
        """``dsn status (text)`` of every recipient, in the order of the log."""
        lines = [line for line in self.journal.lines if ": to=<" in line]
        return [line.partition(", dsn=")[2].replace(", status=", " ", 1) for line in lines]


def _content(content: bytes | Path) -> Content:
    if isinstance(content, bytes):
        return Content(len(content), data=content)
    return Content(content.stat().st_size, descriptor=os.open(content, os.O_RDONLY))
