"""What smtpd is given for TLS and AUTH: the files and the one way that main.cf names."""

from pathlib import Path

import pytest

from postroom.config import accounts
from postroom.config.problem import ConfigError
from unit.generator.planned import MAIN, SMTPD, planned, settings

DOVECOT = f"{MAIN}smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = dovecot\n"


@pytest.fixture(autouse=True)
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "group").write_text("root:x:0:\npostfix:x:103:\npostroom-sasl:x:104:\n")
    monkeypatch.setattr(accounts, "GROUPS", tmp_path / "group")


def values(directory: Path, main: str, master: str = SMTPD) -> dict[str, object]:
    return dict(planned(directory, master, main)["postroom-smtpd@smtp.service"].values)


def test_keys_and_certificates_are_given_only_where_tls_is_spoken(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("x")
    main = f"{MAIN}smtpd_tls_cert_file = {tmp_path}/cert.pem\nsmtpd_tls_key_file = /no/key\n"
    assert values(tmp_path, main)["tls_files"] == ()
    offered = values(tmp_path, f"{main}smtpd_tls_security_level = may\n")["tls_files"]
    assert isinstance(offered, tuple)
    (certificate, key) = offered
    assert certificate[:2] == ("smtpd_tls_cert_file", f"{tmp_path}/cert.pem")
    assert key == ("smtpd_tls_key_file", "/no/key", "missing")
    wrapped = values(tmp_path, main, SMTPD + "  -o smtpd_tls_wrappermode=yes\n")
    assert wrapped["tls_files"] == offered


def test_a_renewed_certificate_makes_another_unit(tmp_path: Path) -> None:
    main = f"{MAIN}smtpd_use_tls = yes\nsmtpd_tls_chain_files = {tmp_path}/chain.pem\n"
    (tmp_path / "chain.pem").write_text("old")
    before = values(tmp_path, main)["tls_files"]
    (tmp_path / "chain.pem").write_text("renewed")
    assert values(tmp_path, main)["tls_files"] != before


def test_files_for_other_names_are_given_by_the_source_of_their_table(tmp_path: Path) -> None:
    (tmp_path / "sni").write_text("# names\nA.example /a.key /a.pem\n.b.example /b.pem\n")
    main = f"{MAIN}smtpd_use_tls = yes\ntls_server_sni_maps = hash:{tmp_path}/sni\n"
    unit = planned(tmp_path, SMTPD, main)["postroom-smtpd@smtp.service"]
    assert settings(unit)["sni_chains"] == {
        "a.example": ["/a.key", "/a.pem"],
        ".b.example": ["/b.pem"],
    }
    files = unit.values["tls_files"]
    assert isinstance(files, tuple)
    assert [path for _, path, _ in files] == ["/a.key", "/a.pem", "/b.pem"]


@pytest.mark.parametrize("table", ["mysql:/x.cf", "inline:{a=/b}", "hash:relative"])
def test_a_table_of_names_without_a_text_file_is_refused(tmp_path: Path, table: str) -> None:
    with pytest.raises(ConfigError, match="can be used here"):
        planned(tmp_path, SMTPD, f"{MAIN}smtpd_use_tls = yes\ntls_server_sni_maps = {table}\n")


def test_a_relative_socket_of_dovecot_is_where_guides_have_it(tmp_path: Path) -> None:
    unit = planned(tmp_path, SMTPD, f"{DOVECOT}smtpd_sasl_path = private/auth\n")
    service = unit["postroom-smtpd@smtp.service"]
    assert settings(service)["smtpd_sasl_path"] == "/var/spool/postfix/private/auth"
    assert service.values["sasl_groups"] == ("postroom-sasl", "postfix")
    assert service.values["sasl_host"] == ""


def test_a_socket_is_seen_in_its_directory_or_alone_where_that_is_closed(tmp_path: Path) -> None:
    main = f"{DOVECOT}queue_directory = {tmp_path}/spool\nsmtpd_sasl_path = private/auth\n"
    private = tmp_path / "spool/private"
    assert values(tmp_path, main)["sasl_mount"] == str(private)
    private.mkdir(parents=True)
    private.chmod(0o755)
    assert values(tmp_path, main)["sasl_mount"] == str(private)
    private.chmod(0o700)
    assert values(tmp_path, main)["sasl_mount"] == f"{private}/auth"


@pytest.mark.parametrize(
    ("path", "inside", "host"),
    [
        ("inet:192.0.2.1:12345", "inet:192.0.2.1:12345", "192.0.2.1"),
        ("inet:localhost:12345", "inet:127.0.0.1:12345", "127.0.0.1"),
        ("inet:localhost:auth", "inet:127.0.0.1:12345", "127.0.0.1"),
        ("inet:[2001:db8::1]:12345", "inet:2001:db8::1:12345", "2001:db8::1"),
    ],
)
def test_a_server_on_the_network_is_the_one_address_that_can_be_reached(
    tmp_path: Path, path: str, inside: str, host: str
) -> None:
    main = f"{DOVECOT}known_tcp_ports = auth=12345\nsmtpd_sasl_path = {path}\n"
    service = planned(tmp_path, SMTPD, main)["postroom-smtpd@smtp.service"]
    assert settings(service)["smtpd_sasl_path"] == inside
    assert (service.values["sasl_host"], service.values["sasl_mount"]) == (host, "")


@pytest.mark.parametrize("path", ["inet:host", "inet::0", "inet:no.such.host:12345", "a b"])
def test_what_is_no_socket_is_refused_with_its_line(tmp_path: Path, path: str) -> None:
    with pytest.raises(ConfigError, match="smtpd_sasl_path: "):
        planned(tmp_path, SMTPD, f"{DOVECOT}smtpd_sasl_path = {path}\n")


def test_without_auth_there_is_no_way_to_dovecot(tmp_path: Path) -> None:
    found = values(tmp_path, f"{MAIN}smtpd_sasl_path = private/auth\n")
    assert (found["sasl_mount"], found["sasl_groups"], found["sasl_host"]) == ("", (), "")


def test_under_overload_smtpd_has_the_values_that_hold_where_stress_is_set(tmp_path: Path) -> None:
    main = f"{MAIN}smtpd_client_restrictions = ${{stress?{{reject}}}}\n"
    unit = planned(tmp_path, SMTPD, main)["postroom-smtpd@smtp.service"]
    changes = settings(unit, "stressed")
    assert settings(unit)["stress"] == ""
    assert changes["stress"] == "yes"
    assert changes["smtpd_client_restrictions"] == ["reject"]
    assert (changes["smtpd_timeout"], changes["smtpd_hard_error_limit"]) == (10.0, 1)
    assert "smtpd_banner" not in changes


def test_stress_that_is_set_for_a_service_stays_as_it_is(tmp_path: Path) -> None:
    for value, timeout in (("yes", 10.0), ("", 300.0)):
        master = f"{SMTPD}  -o stress={value}\n"
        unit = planned(tmp_path, master)["postroom-smtpd@smtp.service"]
        assert settings(unit, "stressed") == {}
        assert settings(unit)["smtpd_timeout"] == timeout
