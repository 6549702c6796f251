"""What ``postroom check`` finds in tables, aliases, certificates and directories."""

import re
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from postroom import instance
from postroom.commands.postconf import lists
from postroom.commands.postroom.inspection import certificates, findings, reach, spool
from postroom.config.configuration import load
from postroom.tables import libraries, opening
from unit.tls.keys import EXPIRED, KEY, UNTIL_2060

TREE = Path(__file__).resolve().parents[3]
FINE = "compatibility_level = 3.11\nalias_maps =\ninet_interfaces = loopback-only\n"


@pytest.fixture(autouse=True)
def directories(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Path, ...]]:
    """Of queued and submitted mail, in the place of the machine's, which has all libraries."""
    monkeypatch.setattr(libraries, "find_spec", lambda _: object())
    found = (tmp_path / "queue", tmp_path / "drop")
    monkeypatch.setattr(spool, "queue_directory", lambda _: str(found[0]))
    monkeypatch.setattr(spool, "drop_directory", lambda _: str(found[1]))
    for directory in found:
        directory.mkdir(0o700)
    return found


def found(directory: Path, main: str, master: str = "") -> list[str]:
    """The findings, without the directory that the test is in."""
    (directory / "main.cf").write_text(FINE + main)
    (directory / "master.cf").write_text((TREE / "conf/master.cf").read_text() + master)
    return [str(one).replace(f"{directory}/", "") for one in findings(load(directory))]


def test_a_good_configuration_is_passed_over_in_silence(tmp_path: Path) -> None:
    assert found(tmp_path, "") == []


NOTE = "note: drop: programs hand in mail as submission_mode"


@pytest.mark.parametrize(
    ("mode", "asked", "told"),
    [
        (0o700, "socket", []),
        (0o711, "maildrop", [f"{NOTE} = maildrop"]),
        (
            0o710,
            "restricted",
            [f"{NOTE} = restricted"],
        ),
        (
            0o711,
            "socket",
            [
                "note: drop: until a reload programs hand in mail as submission_mode = maildrop, "
                "not socket"
            ],
        ),
    ],
)
def test_the_way_of_submission_that_is_in_force_is_told(
    tmp_path: Path, directories: tuple[Path, ...], mode: int, asked: str, told: list[str]
) -> None:
    directories[1].chmod(mode)
    assert found(tmp_path, f"submission_mode = {asked}\n") == told


def test_a_table_that_others_can_write_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "access").write_text("a REJECT\n")
    (tmp_path / "access").chmod(0o664)
    (told,) = found(tmp_path, f"smtpd_client_restrictions = texthash:{tmp_path}/access\n")
    assert told == (
        "warning: access: group or others can write to it: "
        "they decide what smtpd_client_restrictions says"
    )


def test_passwords_that_everybody_can_read_are_told(tmp_path: Path) -> None:
    (tmp_path / "sasl").write_text("[mx.example] me:secret\n")
    (tmp_path / "users.cf").write_text("hosts = db\npassword = secret\n")
    main = (
        f"smtp_sasl_password_maps = texthash:{tmp_path}/sasl\n"
        f"virtual_alias_maps = proxy:mysql:{tmp_path}/users.cf\n"
    )
    assert found(tmp_path, main) == [
        "warning: sasl: everybody can read it: it holds passwords",
        "warning: users.cf: everybody can read it: it holds the password of a server",
    ]
    for name in ("sasl", "users.cf"):
        (tmp_path / name).chmod(0o640)
    assert found(tmp_path, main) == []


def test_a_rule_that_cannot_be_obeyed_is_told(tmp_path: Path) -> None:
    """It is skipped."""
    (tmp_path / "words").write_text("/good/ REJECT\n/bad/Q REJECT\n/\\p{Greek/ REJECT\n")
    (tmp_path / "hosts").write_text("192.0.2.0/24 OK\n192.0.2.1/24 OK\n  OK\n")
    told = found(
        tmp_path,
        f"header_checks = pcre:{tmp_path}/words, regexp:{{{{/a/ OK}}, {{/(b/ OK}}}}\n"
        f"smtpd_client_restrictions = check_client_access cidr:{tmp_path}/hosts\n",
    )
    assert [re.sub(r"(main.cf, line) \d+", r"\1 N", one) for one in told] == [
        'warning: words, line 2: unknown regexp option "Q": skipping this rule',
        "warning: words, line 3: error in regex at offset 8: malformed \\P or \\p sequence",
        "warning: main.cf, line N: header_checks: regexp:{{/a/ OK}, {/(b/ OK}}, line 2: "
        "Unmatched ( or \\(: skipping this rule",
        'warning: hosts, line 2: non-null host address bits in "192.0.2.1/24", '
        'perhaps you should use "192.0.2.0/24" instead: skipping this rule',
    ]


def test_lists_that_aliases_name_are_looked_at(tmp_path: Path) -> None:
    (tmp_path / "list").write_text("x@example.org\n")
    (tmp_path / "list").chmod(0o666)
    (tmp_path / "aliases").write_text(
        f"staff: :include:{tmp_path}/list, nobody\nall: :include:{tmp_path}/none\n"
    )
    assert found(tmp_path, f"alias_maps = hash:{tmp_path}/aliases\n") == [
        "warning: list: group or others can write to it: they decide who gets mail for staff",
        f"warning: aliases, line 2: all: there is no list {tmp_path}/none".replace(
            f"{tmp_path}/", ""
        ),
    ]


def test_a_home_that_others_can_write_to_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Account:
        pw_dir = str(tmp_path / "home")

    monkeypatch.setattr("pwd.getpwnam", lambda _: Account)
    (tmp_path / "home").mkdir()
    (tmp_path / "home").chmod(0o777)
    (tmp_path / "aliases").write_text("root: ann\n")
    (told,) = found(tmp_path, f"alias_maps = hash:{tmp_path}/aliases\n")
    assert told.startswith("warning: home: group or others can write to it: a .forward file")


def test_a_queue_that_others_can_read_is_told(
    tmp_path: Path, directories: tuple[Path, ...]
) -> None:
    directories[0].chmod(0o755)
    assert found(tmp_path, "") == ["warning: queue: everybody can read it: they see who has mail"]


def test_transports_that_tables_name_must_be_there(tmp_path: Path) -> None:
    (tmp_path / "transport").write_text("a.test smtp:[x]\nb.test slow:\nc.test :[y]\n")
    assert found(tmp_path, f"transport_maps = texthash:{tmp_path}/transport\n") == [
        "warning: transport: b.test: master.cf has no service slow of type unix"
    ]


@pytest.mark.parametrize("of", ["", "address_verify_"])
def test_a_sender_may_be_left_to_the_default_transport(tmp_path: Path, of: str) -> None:
    table = "inline:{a@x.test=DUNNO, b@x.test=slow:}"
    assert found(tmp_path, f"{of}sender_dependent_default_transport_maps = {table}\n") == [
        "warning: main.cf: b@x.test: master.cf has no service slow of type unix"
    ]


@pytest.mark.parametrize(
    ("main", "told"),
    [
        ("multi_instance_enable = yes\ninet_interfaces = all\n", True),
        ("multi_instance_enable = yes\ninet_interfaces = 192.0.2.7\n", False),
        ("multi_instance_enable = yes\nmaster_service_disable = inet\n", False),
        ("inet_interfaces = all\n", False),
    ],
)
def test_an_address_that_a_further_instance_has_is_told_while_that_is_enabled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, main: str, *, told: bool
) -> None:
    first, further = tmp_path / "postroom", tmp_path / "postroom-out"
    monkeypatch.setattr(instance, "PRIMARY_DIRECTORY", str(first))
    for directory in (first, further):
        directory.mkdir()
    assert found(further, main) == []
    lines = found(first, f"multi_instance_directories = {further}\ninet_protocols = ipv4\n")
    text = f"smtp: 127.0.0.1:25 excludes 0.0.0.0:25, where smtp of {further} listens"
    assert [line.partition(": ")[2].partition(": ")[2] for line in lines] == [text] * told


def test_a_service_that_nothing_sends_mail_to_is_told(tmp_path: Path) -> None:
    master = "slow unix - - n - 1 smtp\nfast unix - - n - - smtp\nfilter unix - - n - - pipe\n"
    (tmp_path / "transport").write_text("/x/ fast:\n")
    (tmp_path / "access").write_text("x.test FILTER filter:dummy\n")
    main = (
        f"transport_maps = regexp:{tmp_path}/transport\n"
        f"smtpd_sender_restrictions = check_sender_access texthash:{tmp_path}/access\n"
    )
    (told,) = found(tmp_path, main, master)
    assert told.startswith("note: master.cf, line ")
    assert told.endswith(": slow: neither main.cf nor a table sends mail to this service")


@pytest.mark.parametrize(
    ("certificate", "told"),
    [
        (UNTIL_2060, ""),
        (EXPIRED, "the certificate expired on 2021-04-01"),
        ("nothing", "no certificate in it"),
        (UNTIL_2060[:150] + UNTIL_2060[-27:], "a damaged certificate"),
    ],
    ids=["good", "expired", "empty", "damaged"],
)
def test_a_certificate_is_read(tmp_path: Path, certificate: str, told: str) -> None:
    (tmp_path / "cert").write_text(certificate)
    (tmp_path / "key").write_text(KEY)
    (tmp_path / "key").chmod(0o600)
    main = f"smtpd_tls_cert_file = {tmp_path}/cert\nsmtpd_tls_key_file = {tmp_path}/key\n"
    texts = found(tmp_path, main)
    assert any(told in text for text in texts) if told else texts == []


def test_a_certificate_that_expires_soon_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certificates, "SOON", timedelta(days=40_000))
    (tmp_path / "chain").write_text(KEY + UNTIL_2060)
    (tmp_path / "chain").chmod(0o600)
    (told,) = found(tmp_path, f"smtpd_tls_chain_files = {tmp_path}/chain\n")
    assert told.endswith("the certificate expires on 2060-01-01")


def test_a_missing_certificate_and_an_open_key_are_told(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY)
    main = f"smtpd_tls_cert_file = {tmp_path}/cert\nsmtpd_tls_key_file = {tmp_path}/key\n"
    missing, readable = found(tmp_path, main)
    assert missing == "error: main.cf, line 4: smtpd_tls_cert_file: there is no file cert"
    assert readable == "warning: key: everybody can read it: it holds a private key"


def test_a_key_of_another_certificate_is_told(tmp_path: Path) -> None:
    (tmp_path / "cert").write_text(UNTIL_2060)
    (tmp_path / "key").write_text("no key\n")
    (tmp_path / "key").chmod(0o600)
    main = f"smtpd_tls_cert_file = {tmp_path}/cert\nsmtpd_tls_key_file = {tmp_path}/key\n"
    (told,) = found(tmp_path, main)
    assert "cert and its key key cannot be used" in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("smtpd_tls_protocols = >=TLSv1.2, !SSLv3", ""),
        ("smtpd_tls_mandatory_ciphers = high", ""),
        ("smtpd_tls_protocols = >=TLSv2", '"TLSv2" is no version of TLS'),
        ("smtp_tls_mandatory_protocols = SSLv3", '"SSLv3" leaves no version of TLS'),
        ("smtpd_tls_ciphers = best", '"best" is none of high, medium, low, export, null'),
    ],
)
def test_lists_that_would_leave_no_tls_are_told(tmp_path: Path, line: str, told: str) -> None:
    name = line.split(maxsplit=1)[0]
    wanted = [f"error: main.cf, line 4: {name}: {told}"] if told else []
    assert found(tmp_path, f"{line}\n") == wanted


def test_commands_that_ask_other_hosts_are_told_of_until_a_drop_in_lets_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reach, "DROP_INS", tmp_path)
    master = (
        "hook unix - n n - - pipe user=nobody argv=/usr/bin/curl -s https://hook.example\n"
        "spf unix - n n - 0 spawn user=nobody argv=/usr/bin/policyd-spf\n"
    )
    told = [one for one in found(tmp_path, "", master) if "IPAddressAllow" in one]
    assert [one.partition(": hook: ")[2] for one in told] == [
        "curl may need other hosts, and reaches none but this: IPAddressAllow=any in a drop-in "
        "lets it (systemctl edit postroom-pipe@hook.service)"
    ]
    (tmp_path / "postroom-pipe@hook.service.d").mkdir()
    drop_in = tmp_path / "postroom-pipe@hook.service.d/override.conf"
    drop_in.write_text("[Service]\nIPAddressAllow=192.0.2.0/24\n")
    assert not [one for one in found(tmp_path, "", master) if "IPAddressAllow" in one]


def test_commands_of_nobody_s_are_told_before_mail_waits_for_them(tmp_path: Path) -> None:
    master = (
        "a unix - n n - - pipe user=nosuch argv=/bin/cat\n"
        "b unix - n n - - spawn user=nobody:nosuch argv=/bin/cat\n"
        "c unix - n n - - spawn user=nobody argv=/bin/cat\n"
    )
    told = [one for one in found(tmp_path, "default_privs = nosuch\n", master) if "there is" in one]
    assert [one.partition(": ")[2].partition(": ")[2] for one in told] == [
        "default_privs: there is no user nosuch",
        "a: there is no user nosuch; nothing is run",
        "b: there is no group nosuch; nothing is run",
    ]


@pytest.mark.parametrize(
    ("kind", "library"),
    [("mysql", "pymysql"), ("pgsql", "psycopg2"), ("ldap", "ldap"), ("memcache", "pymemcache")],
)
def test_a_table_whose_library_is_not_installed_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, library: str
) -> None:
    """Where a lookup would say so in the log, and put off the mail."""
    monkeypatch.setattr(libraries, "find_spec", lambda name: None if name == library else object())
    (told,) = found(tmp_path, f"virtual_alias_maps = pipemap:{{inline:{{a=b}}, proxy:{kind}:/t}}\n")
    assert told.startswith(f"warning: main.cf, line 4: virtual_alias_maps: {kind}:/t: it needs")
    assert f"(python3-{library})" in told
    assert kind not in lists.tables()
    assert "hash" in lists.tables()


def test_every_library_of_a_table_is_declared() -> None:
    """A type whose module imports what Python does not bring is one of ``libraries.LIBRARIES``."""
    modules = {kind: module for kind, (module, _) in opening.TYPES.items()} | {"lmdb": "lmdb_index"}
    own = {*sys.stdlib_module_names, "postroom", "ldapurl"}
    for kind, module in modules.items():
        path = TREE / f"services/postroom/tables/{module.replace('.', '/')}.py"
        roots = set(re.findall(r"^(?:import|from) (\w+)", path.read_text(), re.MULTILINE))
        needed = libraries.LIBRARIES.get(kind)
        assert roots - own == ({needed} if needed else set()), kind
