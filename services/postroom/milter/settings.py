"""The parameters of main.cf that milter reads, once for each service whose mail is filtered."""

import msgspec


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Where a filter listens, and how it is spoken to; times in seconds."""

    name: str
    path: str = ""
    host: str = ""
    port: int = 0
    connect_timeout: float
    command_timeout: float
    content_timeout: float
    protocol: int
    default_action: str


class FilterSet(msgspec.Struct, frozen=True, kw_only=True):
    """The filters of one service in their order, and what they are told by macros.

    ``macros`` names those of each event; ``defaults`` are values of those that have no other.
    """

    filters: tuple[Filter, ...]
    macros: dict[str, tuple[str, ...]]
    defaults: dict[str, str]


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """``filter_sets`` by program and service, as ``smtpd/submission``."""

    max_idle: float
    syslog_name: str
    filter_sets: dict[str, FilterSet]
