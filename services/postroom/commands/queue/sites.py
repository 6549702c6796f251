"""The destinations whose mail postqueue -s has tried again: main.cf's fast_flush_domains."""

from pathlib import Path

from msgspec import Struct

from postroom.config.configuration import load
from postroom.instance import configuration_directory
from postroom.tables.match_list import DomainList


class Settings(Struct, frozen=True, kw_only=True):
    """Of main.cf."""

    fast_flush_domains: tuple[str, ...]
    parent_domain_matches_subdomains: tuple[str, ...]


def is_flushed(site: str) -> bool:
    """Raises ConfigError, or TableError where it cannot be told."""
    settings = load(Path(configuration_directory())).settings(Settings)
    parents = "fast_flush_domains" in settings.parent_domain_matches_subdomains
    return DomainList(settings.fast_flush_domains, parents=parents).match(site)
