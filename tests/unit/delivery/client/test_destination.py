"""Nexthops mean what smtp(8) and lmtp(8) say they mean."""

import pytest

from postroom.delivery.client.destination import BadDestination, Destination, parse_destinations

KNOWN = ("smtp=25", "submission=587")


@pytest.mark.parametrize(
    ("nexthop", "expected"),
    [
        ("Example.COM", Destination("example.com", 25, mail_exchangers=True)),
        ("example.com.", Destination("example.com", 25, mail_exchangers=True)),
        ("example.com:2525", Destination("example.com", 2525, mail_exchangers=True)),
        ("example.com:submission", Destination("example.com", 587, mail_exchangers=True)),
        ("[mx.example.com]", Destination("mx.example.com", 25)),
        ("[mx.example.com]:587", Destination("mx.example.com", 587)),
        ("[192.0.2.1]:587", Destination("192.0.2.1", 587)),
        ("192.0.2.1", Destination("192.0.2.1", 25)),
        ("[2001:db8::1]", Destination("2001:db8::1", 25)),
        ("[ipv6:2001:db8::1]:26", Destination("2001:db8::1", 26)),
    ],
)
def test_a_nexthop_of_smtp_is_read_with_its_brackets_and_port(
    nexthop: str, expected: Destination
) -> None:
    found = parse_destinations(nexthop, lmtp=False, port="smtp", known_ports=KNOWN)
    assert found == (expected._replace(text=nexthop),)


@pytest.mark.parametrize(
    ("nexthop", "expected"),
    [
        ("unix:private/lmtp", Destination("", path="private/lmtp")),
        ("unix:/run/dovecot/lmtp", Destination("", path="/run/dovecot/lmtp")),
        ("inet:mail.example.com", Destination("mail.example.com", 24)),
        ("inet:[::1]:2024", Destination("::1", 2024)),
        ("mail.example.com:26", Destination("mail.example.com", 26)),
    ],
)
def test_lmtp_asks_for_no_exchangers(nexthop: str, expected: Destination) -> None:
    text = nexthop.removeprefix("unix:").removeprefix("inet:")
    assert parse_destinations(nexthop, lmtp=True, port="24") == (expected._replace(text=text),)


def test_known_names_of_ports_come_before_those_of_the_system() -> None:
    known = ("smtp=2525", "mine=26")
    found = parse_destinations("a, b:mine, c:smtp", lmtp=False, port="smtp", known_ports=known)
    assert [one.port for one in found] == [2525, 26, 2525]


def test_several_are_tried_in_their_order() -> None:
    found = parse_destinations("[a], b:26  [c]:27", lmtp=False, port="25")
    assert [(one.host, one.port) for one in found] == [("a", 25), ("b", 26), ("c", 27)]


@pytest.mark.parametrize(
    "nexthop",
    ["", " ,", "[]", "[a", "a]", "a:", "a:b:c", "a:0", "a:65536", "a:nonsense", "2001:db8::1"],
)
def test_what_makes_no_sense_is_refused(nexthop: str) -> None:
    with pytest.raises(BadDestination):
        parse_destinations(nexthop, lmtp=False, port="25")
