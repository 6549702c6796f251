"""Networks that are none, or whose address lies inside another network."""

from collections.abc import Iterator
from ipaddress import ip_interface, ip_network

from postroom.config import table_types
from postroom.config.judgement.written import Written, words_of, written
from postroom.config.lookup import Lookup
from postroom.config.problem import Problem

_LISTS = ("mynetworks", "permit_mx_backup_networks", "smtpd_sasl_exceptions_networks")
"""Lists that hold nothing but networks, files and tables."""


def bad_networks(lookup: Lookup) -> Iterator[Problem]:
    for one in written(lookup):
        if one.name in _LISTS:
            for word in words_of(lookup, one):
                if not table_types.split(word):
                    yield from _network(one, word)


def _network(one: Written, word: str) -> Iterator[Problem]:
    text = word.lstrip("!").replace("[", "").replace("]", "")
    try:
        ip_network(text)
    except ValueError:
        try:
            meant = ip_interface(text).network
        except ValueError:
            yield one.error(f"{word} is no network")
        else:
            yield one.error(f"{word} is an address in a network: did you mean {meant}?")
