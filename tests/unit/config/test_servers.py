"""Servers outside are named in one way, wherever main.cf names them, or refused by name."""

from collections.abc import Callable, Collection

import pytest

from postroom.config.endpoint import BadServer, Endpoint, endpoint
from postroom.config.mail_filters import parse_filter
from postroom.config.policy_services import parse_policy_service
from postroom.config.sasl_socket import sasl_socket
from postroom.config.server import Server

KNOWN_PORTS = ("scan=10025",)


@pytest.mark.parametrize(
    ("name", "path", "host", "port"),
    [
        ("unix:/run/x", "/run/x", "", 0),
        ("local:/run/x", "/run/x", "", 0),
        ("unix:private/x", "/queue/private/x", "", 0),
        ("inet:localhost:25", "", "localhost", 25),
        ("inet:[::1]:25", "", "::1", 25),
        ("inet6:::1:25", "", "::1", 25),
        ("inet:localhost:scan", "", "localhost", 10025),
        ("inet:localhost:smtp", "", "localhost", 25),
        # As Sendmail has it.
        ("inet:25@localhost", "", "localhost", 25),
        ("inet:scan@localhost", "", "localhost", 10025),
    ],
)
def test_a_server_has_a_path_or_a_host_and_a_port(
    name: str, path: str, host: str, port: int
) -> None:
    assert endpoint(name, "/queue", KNOWN_PORTS) == Endpoint(name, path, host, port)


@pytest.mark.parametrize(
    "name", ["", "unix:", "/run/x", "inet:host", "inet::25", "inet:host:0", "inet:host:no-port"]
)
def test_what_names_no_server_is_refused(name: str) -> None:
    with pytest.raises(BadServer, match="is no server"):
        endpoint(name, "/queue", KNOWN_PORTS)


@pytest.mark.parametrize("name", ["private/auth", "unix:private/auth"])
def test_dovecot_s_socket_needs_no_prefix_and_is_where_its_guides_have_it(name: str) -> None:
    assert sasl_socket(name, "/var/lib/postroom", ()).path == "/var/spool/postfix/private/auth"
    assert sasl_socket(name, "/srv/queue", ()).path == "/srv/queue/private/auth"
    assert sasl_socket("inet:[::1]:12345", "/srv/queue", ())[1:] == ("", "::1", 12345)
    assert sasl_socket("inet:host:scan", "/srv/queue", KNOWN_PORTS).port == 10025


@pytest.mark.parametrize("name", ["", "inet:localhost", "private/a b", "unix:/run/%n"])
def test_what_is_no_socket_of_dovecot_s_is_refused(name: str) -> None:
    with pytest.raises(BadServer):
        sasl_socket(name, "/var/lib/postroom", ())


@pytest.mark.parametrize(
    "word",
    [
        "{inet:localhost:scan, default_action=tempfail}",
        "{ inet:localhost:scan, { default_action = tempfail } }",
    ],
)
@pytest.mark.parametrize("parse", [parse_filter, parse_policy_service])
def test_options_stand_in_braces_behind_the_place(
    word: str, parse: Callable[[str, str, Collection[str]], Server]
) -> None:
    found = parse(word, "/queue", KNOWN_PORTS)
    assert (found.at.host, found.at.port) == ("localhost", 10025)
    assert found.options == {"default_action": "tempfail"}


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        ("{localhost:25, default_action=accept}", "is no server"),
        ("{inet:localhost:25, colour=red}", '"colour=red" is no option'),
        ("{inet:localhost:25, default_action}", '"default_action" is no option'),
        ("{inet:localhost:25, connect_timeout=soon}", "connect_timeout: "),
        ("{inet:localhost:25, protocol=5}", 'protocol: "5" is none of'),
        ("{inet:localhost:25, protocol=no_header_reply}", "protocol: wants one of the versions"),
        ("{inet:localhost:25, default_action=maybe}", "default_action: wants one of"),
    ],
)
def test_what_is_no_filter_is_refused_by_name(word: str, reason: str) -> None:
    with pytest.raises(BadServer, match=reason):
        parse_filter(word, "/queue", KNOWN_PORTS)
