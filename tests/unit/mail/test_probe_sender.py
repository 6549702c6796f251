"""The sender of probes changes with the time as Postfix 3.10's does (seen there)."""

import pytest

from postroom.mail.probe_sender import ProbeSender

NOW = 1796019058.0
TTL = 36 * 3600.0
SENDER = ProbeSender.of("double-bounce", "example.org", TTL)


@pytest.mark.parametrize(
    ("address", "ttl", "sender"),
    [
        ("double-bounce", 0, "double-bounce@example.org"),
        ("double-bounce", TTL, "double-bounceGF1@example.org"),
        ("prober@other.example", TTL, "proberGF1@other.example"),
        ("prober@other.example", 1e10, "prober0@other.example"),
        ("<>", TTL, ""),
        ("", TTL, ""),
    ],
)
def test_the_time_is_in_the_address(address: str, ttl: float, sender: str) -> None:
    assert ProbeSender.of(address, "example.org", ttl).at(NOW) == sender


@pytest.mark.parametrize(
    ("address", "meant"),
    [
        ("double-bounceGF1@example.org", True),
        ("double-bounceGF0@example.org", True),
        ("double-bounceGF2@example.org", True),
        ("DOUBLE-bounceGF1@EXAMPLE.org", True),
        ("double-bounceGF3@example.org", False),
        ("double-bounceGDZ@example.org", False),
        ("double-bouncegf1@example.org", False),
        ("double-bounceGF1@mail.example.org", False),
        ("double-bounce@example.org", False),
    ],
)
def test_only_the_periods_around_now_are_meant(address: str, meant: bool) -> None:
    assert SENDER.is_meant_by(address, NOW) is meant


def test_an_address_that_stays_needs_no_recognition() -> None:
    sender = ProbeSender.of("double-bounce", "example.org", 0)
    assert not sender.is_meant_by("double-bounce@example.org", NOW)
    assert not ProbeSender.of("<>", "example.org", TTL).is_meant_by("GF1@example.org", NOW)
