"""What config says about others' work is what they do."""

from postroom.config import restriction_names, table_types
from postroom.reception.smtpd.access import catalogue
from postroom.tables import indexed, opening


def test_the_types_of_tables_are_those_that_can_be_opened() -> None:
    assert frozenset(opening.TYPES) == table_types.TYPES
    assert indexed.INDEXED_TYPES == table_types.INDEXED
    assert indexed.SUFFIX == table_types.INDEX_SUFFIX


def test_the_restrictions_are_those_that_the_server_applies() -> None:
    assert catalogue._SIMPLE.keys() == restriction_names.PLAIN
    assert catalogue._SEARCHES.keys() == restriction_names.WITH_TABLE
    lists = catalogue._REJECTING_LISTS.keys() | catalogue._PERMITTING_LISTS.keys()
    assert lists == restriction_names.WITH_DNS_LIST
