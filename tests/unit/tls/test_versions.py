"""Lists of protocol versions in main.cf."""

from ssl import TLSVersion

import pytest

from postroom.tls.versions import ALL, BadVersions, allowed_versions

NEW = frozenset({TLSVersion.TLSv1_2, TLSVersion.TLSv1_3})


@pytest.mark.parametrize(
    "text",
    [
        ">=TLSv1.2",
        ">=tlsv1.2, <=TLSv1.3",
        "!SSLv2, !SSLv3, !TLSv1, !TLSv1.1",
        "!SSLv2:!SSLv3:!TLSv1:!TLSv1.1",
        "TLSv1.2 TLSv1.3",
        "TLSv1.3,TLSv1.2,!TLSv1",
        ">=0303",
    ],
)
def test_every_form_of_the_same_list_allows_the_same(text: str) -> None:
    assert allowed_versions(text) == NEW


def test_an_empty_list_and_bounds_of_zero_allow_all() -> None:
    assert allowed_versions("") == allowed_versions(">=0, <=0") == frozenset(ALL)


def test_a_hole_may_be_left() -> None:
    assert allowed_versions("!TLSv1.1") == frozenset(ALL) - {TLSVersion.TLSv1_1}


@pytest.mark.parametrize("text", ["TLSv2", ">=TLS", "!", "SSLv3", ">=TLSv1.3 !TLSv1.3"])
def test_what_is_no_version_or_leaves_none_is_refused(text: str) -> None:
    with pytest.raises(BadVersions):
        allowed_versions(text)
