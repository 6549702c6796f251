"""A machine called mail.example.com, with a domain of each kind."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from configured import configured
from memory_journal import MemoryJournal
from postroom.lookup.trivial_rewrite.classes import AddressClasses
from postroom.lookup.trivial_rewrite.resolve import Resolver, RoutingTables
from postroom.lookup.trivial_rewrite.rewrite import Rewriter
from postroom.lookup.trivial_rewrite.settings import Settings
from postroom.maillog.trivial_rewrite import TrivialRewriteLog

_MAIN_CF = """
myhostname = mail.example.com
myorigin = example.com
inet_interfaces = 192.0.2.1, 2001:db8::1, loopback-only
proxy_interfaces = 198.51.100.1
append_dot_mydomain = yes
recipient_delimiter = +
parent_domain_matches_subdomains = relay_domains
relay_domains = relay.example
virtual_alias_domains = alias.example
virtual_mailbox_domains = mailbox.example
"""
PLAIN = configured(Settings, _MAIN_CF)


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
