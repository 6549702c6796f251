"""What config says about others' work is what they do."""

from postroom.config import restriction_names, table_types
from postroom.config.policy_services import RESTRICTION
from postroom.reception.smtpd.access import catalogue, rewrite_clients, server_rules
from postroom.tables import index_format, opening


def test_the_types_of_tables_are_those_that_can_be_opened() -> None:
    assert frozenset(opening.TYPES) == table_types.TYPES
    assert table_types.SERVED == opening.SERVED
    assert opening.COMPOSED == table_types.COMPOSED
    suffixes = {kind: index_format.index_format(kind).suffix for kind in index_format.INDEXED_TYPES}
    assert suffixes == table_types.INDEX_SUFFIXES


def test_the_restrictions_are_those_that_the_server_applies() -> None:
    assert catalogue.SIMPLE.keys() == restriction_names.PLAIN
    searches = catalogue._SEARCHES.keys() | server_rules.SEARCHES.keys()
    assert searches == restriction_names.WITH_TABLE
    lists = catalogue._REJECTING_LISTS.keys() | catalogue._PERMITTING_LISTS.keys()
    assert lists == restriction_names.WITH_DNS_LIST
    assert rewrite_clients.KNOWN.keys() == restriction_names.REWRITE_CLIENTS
    others = restriction_names.WITH_NUMBER | {RESTRICTION}
    assert searches | lists | others == catalogue._WITH_ARGUMENT
