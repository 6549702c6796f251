"""Values: from -o, main.cf, the host or the default; expanded; in their kind; as settings."""

import socket
import time
from ipaddress import ip_interface
from pathlib import Path

import msgspec
import pytest

from postroom.config import host
from postroom.config.configuration import Configuration, load
from postroom.config.host import Networks
from postroom.config.parameters import PARAMETERS
from postroom.config.problem import ConfigError


@pytest.fixture(autouse=True)
def _a_host(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host named ``box`` with a loopback and one other interface."""
    addresses = ("127.0.0.1/8", "192.0.2.2/24", "::1/128", "fd00::2/64")
    monkeypatch.setattr(socket, "gethostname", lambda: "box")
    monkeypatch.setattr(
        host, "interface_addresses", lambda: [ip_interface(one) for one in addresses]
    )


def configured(directory: Path, main: str, master: str = "") -> Configuration:
    (directory / "main.cf").write_text(main)
    (directory / "master.cf").write_text(master)
    return load(directory)


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Of a service that does not exist."""

    syslog_name: str
    message_size_limit: int
    max_idle: float
    append_dot_mydomain: bool
    mydestination: tuple[str, ...]
    myorigin: str
    service_name: str
    double_bounce: str = msgspec.field(name="2bounce_notice_recipient")


def test_a_value_comes_from_the_override_then_main_cf_then_the_default(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "relayhost = a\n")
    assert configuration.text("relayhost", {"relayhost": "b"}) == "b"
    assert configuration.text("relayhost") == "a"
    assert configuration.text("relay_transport") == "relay"
    assert configuration.text("nobody_knows_this") == ""


def test_references_see_overrides_forward_definitions_and_own_names(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "relayhost = [$smart]:$port\nsmart = s.$mydomain\n")
    assert configuration.text("relayhost", {"port": "587"}) == "[s.localdomain]:587"


def test_every_default_is_a_value_of_its_kind(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "")
    for name in PARAMETERS:
        configuration.typed(name)


@pytest.mark.parametrize(
    ("main", "hostname", "domain"),
    [
        ("", "box.localdomain", "localdomain"),
        ("myhostname = a.b.c\n", "a.b.c", "b.c"),
        ("mydomain = b.c\n", "box.b.c", "b.c"),
        ("myhostname = plain\n", "plain", "localdomain"),
    ],
)
def test_host_and_domain_complete_each_other(
    tmp_path: Path, main: str, hostname: str, domain: str
) -> None:
    configuration = configured(tmp_path, main)
    assert configuration.text("myhostname") == hostname
    assert configuration.text("mydomain") == domain


def test_what_a_host_is_called_decides_what_it_calls_itself(tmp_path: Path) -> None:
    names = ("mydomain", "myorigin", "mydestination", "smtpd_banner", "smtp_helo_name")
    configuration = configured(tmp_path, "myhostname = post.other.example\n")
    assert {name: configuration.text(name) for name in names} == {
        "mydomain": "other.example",
        "myorigin": "post.other.example",
        "mydestination": "post.other.example, localhost.other.example, localhost",
        "smtpd_banner": "post.other.example ESMTP Postroom",
        "smtp_helo_name": "post.other.example",
    }


@pytest.mark.parametrize(
    ("main", "networks"),
    [
        ("", "127.0.0.0/8 192.0.2.0/24 [::1]/128 [fd00::]/64"),
        ("compatibility_level = 2\n", "127.0.0.1/32 192.0.2.2/32 [::1]/128 [fd00::2]/128"),
        ("mynetworks_style = class\ninet_protocols = ipv4", "127.0.0.0/8 192.0.2.0/24"),
        ("mynetworks_style = host\ninet_interfaces = 192.0.2.2", "192.0.2.2/32"),
        ("mynetworks_style = host\ninet_interfaces = loopback-only", "127.0.0.1/32 [::1]/128"),
    ],
)
def test_networks_follow_style_interfaces_and_protocols(
    tmp_path: Path, main: str, networks: str
) -> None:
    assert configured(tmp_path, main).text("mynetworks") == networks


@pytest.mark.parametrize(("level", "value"), [("0", "yes"), ("0.9", "yes"), ("3.11", "no")])
def test_defaults_follow_the_compatibility_level(tmp_path: Path, level: str, value: str) -> None:
    configuration = configured(tmp_path, f"compatibility_level = {level}\n")
    assert configuration.text("append_dot_mydomain") == value


def test_a_transport_has_parameters_of_its_own_that_fall_back(tmp_path: Path) -> None:
    main = "slow_destination_rate_delay = 5m\ndefault_destination_concurrency_limit = 7\n"
    configuration = configured(tmp_path, main)
    assert configuration.typed("slow_destination_rate_delay") == 300.0
    assert configuration.typed("slow_destination_concurrency_limit") == 7
    assert configuration.typed("slow_initial_destination_concurrency") == 2
    assert configuration.typed("slow_time_limit") == 1000.0


def test_the_origin_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "mailname").write_text("example.org\n")
    configuration = configured(
        tmp_path, f"myorigin = {tmp_path}/mailname\nluser_relay = x\nrelayhost = $myorigin\n"
    )
    assert configuration.typed("myorigin") == configuration.text("relayhost") == "example.org"
    assert configuration.raw("myorigin") == f"{tmp_path}/mailname"


def test_templates_keep_their_own_references(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "luser_relay = $user@x\n")
    assert configuration.typed("luser_relay") == "$user@x"
    assert configuration.typed("forward_path") == (
        *("$home/.forward${recipient_delimiter}${extension}", "$home/.forward"),
    )


def test_settings_are_filled_from_parameters_and_facts(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "mydestination = a, b\nmyhostname = h.x\n")
    settings = configuration.settings(
        Settings, {"syslog_name": "postfix/$service_name"}, service_name="submission"
    )
    assert settings == Settings(
        syslog_name="postfix/submission",
        message_size_limit=10240000,
        max_idle=100.0,
        append_dot_mydomain=True,
        mydestination=("a", "b"),
        myorigin="h.x",
        service_name="submission",
        double_bounce="postmaster",
    )


def test_a_bad_value_is_an_error_with_file_line_and_parameter(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "# one\nmessage_size_limit = lots\n")
    with pytest.raises(ConfigError) as caught:
        configuration.settings(Settings, service_name="x")
    assert str(caught.value) == (
        f'{tmp_path}/main.cf, line 2: message_size_limit: wants a number, not "lots"'
    )


def test_a_bad_override_is_an_error_in_master_cf(tmp_path: Path) -> None:
    master = "\nsmtp inet n - n - - smtpd -o message_size_limit=lots\n"
    configuration = configured(tmp_path, "", master)
    (service,) = configuration.services
    with pytest.raises(ConfigError) as caught:
        configuration.settings(Settings, service.overrides, service_name="smtp")
    assert (caught.value.path.name, caught.value.line) == ("master.cf", 2)


def test_a_value_that_refers_to_itself_is_an_error_at_its_line(tmp_path: Path) -> None:
    configuration = configured(tmp_path, "relayhost = $relayhost\n")
    with pytest.raises(ConfigError, match="line 1: relayhost: unreasonable macro call nesting"):
        configuration.text("relayhost")


def test_two_hundred_lines_are_read_and_expanded_in_five_milliseconds(tmp_path: Path) -> None:
    names = [name for name in sorted(PARAMETERS) if PARAMETERS[name].default][:200]
    (tmp_path / "main.cf").write_text(
        "".join(f"# About it.\n{name} = {PARAMETERS[name].default}\n" for name in names)
    )
    (tmp_path / "master.cf").write_text("smtp inet n - n - - smtpd\n")

    def once() -> float:
        start = time.perf_counter()
        configuration = load(tmp_path)
        for name in names:
            configuration.text(name)
        return time.perf_counter() - start

    assert min(once() for _ in range(5)) < 0.005


def test_the_addresses_of_this_very_host_are_found() -> None:
    """The one test that asks the kernel."""
    addresses = _real_addresses()
    assert "127.0.0.1" in [str(address.ip) for address in addresses]


_real_addresses = host.interface_addresses


def test_networks_need_no_name_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unknown names in inet_interfaces are left out instead of failing."""

    def unknown(*_: object, **__: object) -> list[object]:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert host.my_networks(Networks("host", ("nowhere",), ("all",))) == ""
