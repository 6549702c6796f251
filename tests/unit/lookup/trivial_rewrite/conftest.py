"""A machine called mail.example.com, with nothing unusual in its main.cf."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from memory_journal import MemoryJournal
from postroom.lookup.trivial_rewrite.classes import AddressClasses
from postroom.lookup.trivial_rewrite.resolve import Resolver, RoutingTables
from postroom.lookup.trivial_rewrite.rewrite import Rewriter
from postroom.lookup.trivial_rewrite.settings import Settings
from postroom.maillog.trivial_rewrite import TrivialRewriteLog

PLAIN = Settings(
    address_verify_default_transport="smtp",
    address_verify_local_transport="local:mail.example.com",
    address_verify_relay_transport="relay",
    address_verify_relayhost="",
    address_verify_sender_dependent_default_transport_maps=(),
    address_verify_sender_dependent_relayhost_maps=(),
    address_verify_transport_maps=(),
    address_verify_virtual_transport="virtual",
    allow_min_user=False,
    allow_percent_hack=True,
    append_at_myorigin=True,
    append_dot_mydomain=True,
    default_transport="smtp",
    double_bounce_sender="double-bounce",
    empty_address_default_transport_maps_lookup_key="<>",
    empty_address_relayhost_maps_lookup_key="<>",
    helpful_warnings=True,
    inet_interfaces=("192.0.2.1", "2001:db8::1", "loopback-only"),
    local_transport="local:mail.example.com",
    max_idle=100.0,
    mydestination=("mail.example.com", "localhost.example.com", "localhost"),
    mydomain="example.com",
    myhostname="mail.example.com",
    myorigin="example.com",
    parent_domain_matches_subdomains=("relay_domains",),
    proxy_interfaces=("198.51.100.1",),
    owner_request_special=True,
    recipient_delimiter="+",
    relay_domains=("relay.example",),
    relay_transport="relay",
    relayhost="",
    relocated_maps=(),
    relocated_prefix_enable=True,
    remote_header_rewrite_domain="",
    resolve_dequoted_address=True,
    resolve_null_domain=False,
    resolve_numeric_domain=False,
    sender_dependent_default_transport_maps=(),
    sender_dependent_relayhost_maps=(),
    show_user_unknown_table_name=True,
    swap_bangpath=True,
    syslog_name="postfix",
    transport_maps=(),
    virtual_alias_domains=("alias.example",),
    virtual_mailbox_domains=("mailbox.example",),
    virtual_transport="virtual",
)


@pytest.fixture
def journal() -> MemoryJournal:
    return MemoryJournal()


@pytest.fixture
def rewriter() -> Callable[..., Rewriter]:
    """A Rewriter of the plain settings with changes."""
    return lambda **changes: Rewriter(msgspec.structs.replace(PLAIN, **changes))


@pytest.fixture
def resolver(journal: MemoryJournal) -> Callable[..., Resolver]:
    """A Resolver of the plain settings with changes."""

    def make(tables: RoutingTables | None = None, **changes: Any) -> Resolver:
        settings = msgspec.structs.replace(PLAIN, **changes)
        return Resolver(
            settings,
            Rewriter(settings),
            AddressClasses.of_settings(settings),
            tables or RoutingTables.of_settings(settings),
            TrivialRewriteLog(journal),
        )

    return make
