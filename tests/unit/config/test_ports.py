"""known_tcp_ports says which numbers ports have; services(5) knows the others."""

import socket

import pytest

from postroom.config.ports import UnknownPort, known_ports, port_number


def test_names_share_a_number_and_blanks_do_not_matter() -> None:
    assert known_ports("a = 5 , b=c= 6,, d=7") == ("a=5", "b=6", "c=6", "d=7")
    assert known_ports("") == ()


@pytest.mark.parametrize(
    "text", ["a=b", "a=1, b", "1=2", "a==2", "=2", "a=70000", "a=0", "a b=6", "a=1 b=2", "a=²"]
)
def test_what_is_no_list_of_ports_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="="):
        known_ports(text)


def test_a_name_is_looked_for_in_the_list_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getservbyname", lambda name, _: {"smtp": 25, "x": 9}[name])
    assert [port_number(one, ("smtp=26",)) for one in ("smtp", "x", "27")] == [26, 9, 27]


@pytest.mark.parametrize("text", ["", "nosuchport", "0", "65536", "-1", "1" * 5000, "\udcff"])
def test_what_is_no_port_is_told(text: str) -> None:
    with pytest.raises(UnknownPort):
        port_number(text, ())
