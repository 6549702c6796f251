"""Where an inet service listens (master(5), inet_interfaces, inet_protocols)."""

from pathlib import Path

import pytest

from postroom_generator.listening import UnknownAddress, addresses, excludes

BOTH = ("ipv4", "ipv6")
KNOWN = ("smtp=25",)


def test_all_interfaces_listen_on_both_families() -> None:
    assert addresses("smtp", ("all",), BOTH, KNOWN) == ("0.0.0.0:25", "[::]:25")


def test_loopback_only_leaves_the_network_out() -> None:
    assert addresses("25", ("loopback-only",), BOTH, KNOWN) == ("127.0.0.1:25", "[::1]:25")


def test_inet_protocols_leaves_a_family_out() -> None:
    assert addresses("smtp", ("all",), ("ipv4",), KNOWN) == ("0.0.0.0:25",)
    assert addresses("smtp", ("loopback-only",), ("ipv6",), KNOWN) == ("[::1]:25",)


def test_a_host_in_the_service_name_comes_before_inet_interfaces() -> None:
    assert addresses("127.0.0.1:10025", ("all",), BOTH, KNOWN) == ("127.0.0.1:10025",)
    assert addresses("[::1]:smtp", ("all",), BOTH, KNOWN) == ("[::1]:25",)


def test_a_name_is_looked_up_in_hosts(tmp_path: Path) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("192.0.2.7 mail.example.org mail # 192.0.2.8 other\n2001:DB8::7 Mail\n")
    found = addresses("587", ("mail", "localhost"), BOTH, KNOWN, hosts)
    assert found == ("192.0.2.7:587", "[2001:db8::7]:587", "127.0.0.1:587", "[::1]:587")


def test_the_same_address_twice_is_one_listener() -> None:
    assert addresses("25", ("127.0.0.1", "localhost"), ("ipv4",), KNOWN) == ("127.0.0.1:25",)


@pytest.mark.parametrize("interfaces", [("all", "127.0.0.1"), ("::1", "ALL"), ("0.0.0.0", "::")])
def test_all_interfaces_leave_no_other_to_listen_on(interfaces: tuple[str, ...]) -> None:
    """The kernel would refuse the second socket, and systemd with it the first."""
    assert sorted(addresses("25", interfaces, BOTH, KNOWN)) == ["0.0.0.0:25", "[::]:25"]


def test_a_family_whose_interfaces_are_not_all_keeps_its_own() -> None:
    assert addresses("25", ("0.0.0.0", "::1"), BOTH, KNOWN) == ("0.0.0.0:25", "[::1]:25")


def test_known_names_of_ports_come_before_those_of_the_system() -> None:
    known = ("smtp=2525", "mine=26")
    assert addresses("smtp", ("127.0.0.1",), BOTH, known) == ("127.0.0.1:2525",)
    assert addresses("127.0.0.1:mine", ("all",), BOTH, known) == ("127.0.0.1:26",)


@pytest.mark.parametrize(
    ("one", "other", "exclude"),
    [
        ("127.0.0.1:25", "127.0.0.1:25", True),
        ("127.0.0.1:25", "0.0.0.0:25", True),
        ("[::]:25", "[::1]:25", True),
        ("127.0.0.1:25", "127.0.0.2:25", False),
        ("0.0.0.0:25", "127.0.0.1:26", False),
        ("0.0.0.0:25", "[::]:25", False),
        ("/run/postroom/a", "/run/postroom/b", False),
    ],
)
def test_one_listener_excludes_another_at_its_address_or_at_all_of_its_family(
    one: str, other: str, *, exclude: bool
) -> None:
    assert excludes(one, other) is excludes(other, one) is exclude


@pytest.mark.parametrize("service", ["0", "65536", "nosuchport", "127.0.0.1:", "nohost.invalid:25"])
def test_what_cannot_be_listened_on_is_refused(service: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownAddress):
        addresses(service, ("all",), BOTH, KNOWN, tmp_path / "hosts")


def test_no_address_left_is_refused() -> None:
    with pytest.raises(UnknownAddress):
        addresses("25", ("127.0.0.1",), ("ipv6",), KNOWN)
