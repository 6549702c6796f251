"""A certificate is for a server if one of its names says so, and for nobody else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from postroom.delivery.client.tls.server_names import certified_names, matches, patterns


@pytest.mark.parametrize(
    ("name", "pattern", "one_label", "many_labels"),
    [
        ("mx.example.com", "mx.example.com", True, True),
        ("MX.Example.com.", "mx.example.COM", True, True),
        ("mx.example.com", "example.com", False, False),
        ("mx.example.com", ".example.com", True, True),
        ("a.mx.example.com", ".example.com", True, True),
        ("example.com", ".example.com", False, False),
        ("evilexample.com", ".example.com", False, False),
        ("*.example.com", "mx.example.com", True, True),
        ("*.example.com", "a.mx.example.com", False, True),
        ("*.example.com", "example.com", False, False),
        ("*.example.com", ".example.com", True, True),
        ("*", "com", False, False),
        ("*.", "example.com", False, False),
        ("*.com", "com", False, False),
        ("m*.example.com", "mx.example.com", False, False),
        ("mx.*.com", "mx.example.com", False, False),
        ("", "", False, False),
        ("anything", ".", False, False),
    ],
)
def test_a_name_of_a_certificate_fits_a_pattern_label_by_label(
    name: str, pattern: str, one_label: bool, many_labels: bool
) -> None:
    assert matches(name, pattern, many_labels=False) is one_label
    assert matches(name, pattern, many_labels=True) is many_labels


_LABELS = st.text("abx*-", min_size=1, max_size=3)
_NAMES = st.lists(_LABELS, min_size=1, max_size=4).map(".".join)


@given(_NAMES, _NAMES)
def test_a_name_without_a_wildcard_is_for_itself_alone(name: str, host: str) -> None:
    if "*" not in name:
        assert matches(name, host, many_labels=True) is (name == host)


@given(_NAMES, _NAMES)
def test_what_one_label_allows_many_labels_allow(name: str, host: str) -> None:
    if matches(name, host, many_labels=False):
        assert matches(name, host, many_labels=True)


def test_strategies_stand_for_names() -> None:
    match = ("nexthop:dot-nexthop", "HOSTNAME", "other.example")
    assert list(patterns(match, "example.com", "mx.example.com")) == [
        "example.com",
        ".example.com",
        "mx.example.com",
        "other.example",
    ]


def test_the_common_name_counts_only_where_there_is_no_other() -> None:
    subject = ((("organizationName", "X"),), (("commonName", "cn.example"),))
    assert certified_names({"subject": subject}) == ["cn.example"]
    others = (("email", "x@y"), ("DNS", "a.example"), ("DNS", "b.example"))
    assert certified_names({"subject": subject, "subjectAltName": others}) == [
        "a.example",
        "b.example",
    ]
    assert certified_names({}) == []
