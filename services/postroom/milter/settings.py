"""The parameters of main.cf that milter reads, once for each service whose mail is filtered."""

import msgspec

from postroom.config.braces import split_words
from postroom.config.mail_filters import Protocol, parse_filter
from postroom.config.server import Server


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Where a filter listens, and how it is spoken to; times in seconds."""

    name: str
    path: str = ""
    host: str = ""
    port: int = 0
    connect_timeout: float
    command_timeout: float
    content_timeout: float
    protocol: Protocol
    default_action: str


def filter_of(one: Server, general: Filter) -> Filter:
    """``general`` has the options of filters that have none of their own."""
    return msgspec.structs.replace(general, **one.at._asdict(), **one.options)


class FilterSet(msgspec.Struct, frozen=True, kw_only=True):
    """The filters of one service in their order, and what they are told by macros.

    ``macros`` names those of each event; ``defaults`` are values of those that have no other.
    ``general``, ``directory`` and ``known_ports`` are for filters that a table names
    (smtpd_milter_maps).
    """

    filters: tuple[Filter, ...]
    general: Filter
    directory: str
    known_ports: tuple[str, ...]
    macros: dict[str, tuple[str, ...]]
    defaults: dict[str, str]

    def named(self, text: str) -> "FilterSet":
        """The same for other filters; raises BadServer."""
        words = split_words(text.replace(",", " "))
        servers = (parse_filter(one, self.directory, self.known_ports) for one in words)
        filters = tuple(filter_of(one, self.general) for one in servers)
        return msgspec.structs.replace(self, filters=filters)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``filter_sets`` by program and service, as ``smtpd/submission``."""

    max_idle: float
    syslog_facility: str
    syslog_name: str
    filter_sets: dict[str, FilterSet]
