"""From configuration to units."""

import re
from base64 import b64decode
from pathlib import Path

import pytest

from postroom.config import accounts
from postroom.config.configuration import load
from postroom.config.problem import ConfigError
from postroom_generator.lines import notes
from postroom_generator.render import render
from unit.generator.planned import MAIN, SMTPD, planned, settings

TEMPLATES = Path(__file__).parents[3] / "units"


def test_what_sendmail_and_the_agents_ask_is_always_there(tmp_path: Path) -> None:
    assert sorted(planned(tmp_path, "")) == [
        "postroom-dns.service",
        "postroom-dns.socket",
        "postroom-postdrop.service",
        "postroom-postdrop.socket",
    ]


def test_a_service_is_a_socket_and_a_service(tmp_path: Path) -> None:
    units = planned(tmp_path, SMTPD)
    assert units["postroom-smtpd@smtp.socket"].wanted_by == "postroom.target"
    assert units["postroom-smtpd@smtp.socket"].values["listen"] == ("127.0.0.1:25", "[::1]:25")
    assert units["postroom-smtpd@smtp.service"].wanted_by == ""


def test_the_buffers_of_sockets_in_the_network_are_as_main_cf_says(tmp_path: Path) -> None:
    cleanup = "cleanup unix n - - - 0 cleanup\n"
    units = planned(tmp_path, SMTPD + cleanup, MAIN + "tcp_windowsize = 16384\n")
    texts = render(units.values(), TEMPLATES)
    smtpd = texts["postroom-smtpd@smtp.socket"].splitlines()
    assert {"ReceiveBuffer=16384", "SendBuffer=16384"} <= {*smtpd}
    assert "Buffer=" not in texts["postroom-cleanup.socket"]
    by_default = render(planned(tmp_path, SMTPD).values(), TEMPLATES)
    assert "Buffer=" not in by_default["postroom-smtpd@smtp.socket"]


def test_services_have_the_environment_of_main_cf(tmp_path: Path) -> None:
    main = MAIN + 'import_environment = TZ=Europe/Berlin MAIL_DEBUG { A = "b", 100% \\c }\n'
    texts = render(planned(tmp_path, SMTPD, main).values(), TEMPLATES)
    lines = texts["postroom-smtpd@smtp.service"].splitlines()
    assert 'Environment="TZ=Europe/Berlin"' in lines
    assert r'Environment="A=\"b\", 100%% \\c"' in lines
    assert not any("MAIL_DEBUG" in line for line in lines)


def test_submission_belongs_to_the_sockets_of_the_machine(tmp_path: Path) -> None:
    assert planned(tmp_path, "")["postroom-postdrop.socket"].wanted_by == "sockets.target"


def test_bounce_gets_its_texts_expanded_and_what_is_wrong_with_them(tmp_path: Path) -> None:
    file = tmp_path / "bounce.cf"
    file.write_bytes(
        b"failure_template = <<X\nCharset: iso-8859-1\n\n$myhostname f\xfcr $mail_name\nX\n"
        b"delay_template = <<X\n\n$nosuch\nX\n"
    )
    master = "bounce unix - - n - 0 bounce\n  -o mail_name=Sonder\n"
    units = planned(tmp_path, master, f"{MAIN}bounce_template_file = {file}\n")
    given = settings(units["postroom-bounce.service"])
    texts = {one["name"]: b64decode(one["text"]) for one in given["templates"]}
    assert list(texts) == ["failure", "delay", "success", "verify"]
    assert texts["failure"] == b"mail.example.org f\xfcr Sonder\n"
    assert texts["delay"].startswith(b"This is the mail system at host mail.example.org.")
    (problem,) = given["template_problems"]
    assert problem.startswith(f"{file}: undefined $name in delay template: $nosuch")


def test_qmgr_serves_three_sockets(tmp_path: Path) -> None:
    units = planned(tmp_path, "qmgr unix n - n 300 1 qmgr\nshowq unix n - n - - showq\n")
    assert units["postroom-qmgr.service"].values["sockets"] == (
        "postroom-qmgr.socket",
        "postroom-showq.socket",
        "postroom-queue-admin.socket",
    )
    assert units["postroom-qmgr-retry.timer"].values["seconds"] == "300"


def test_an_override_reaches_its_own_service_only(tmp_path: Path) -> None:
    units = planned(
        tmp_path, f"{SMTPD}2525 inet n - n - - smtpd\n -o smtpd_banner=inside -o max_idle=7s\n"
    )
    inside = settings(units["postroom-smtpd@2525.service"])
    outside = settings(units["postroom-smtpd@smtp.service"])
    assert inside["smtpd_banner"] == "inside"
    assert inside["max_idle"] == 7.0
    assert outside["smtpd_banner"] != "inside"


def test_qmgr_knows_every_transport_and_its_limits(tmp_path: Path) -> None:
    units = planned(
        tmp_path,
        "qmgr unix n - n 300 1 qmgr\nsmtp unix - - n - - smtp\nslow unix - - n - 3 smtp\n",
        f"{MAIN}slow_destination_concurrency_limit = 1\n",
    )
    transports = {
        one["name"]: one for one in settings(units["postroom-qmgr.service"])["transports"]
    }
    assert list(transports) == ["smtp", "slow"]
    assert transports["slow"]["process_limit"] == 3
    assert transports["slow"]["destination_concurrency_limit"] == 1
    assert transports["smtp"]["destination_concurrency_limit"] == 20


def test_an_agent_that_batches_gets_more_requests_and_keeps_to_the_limit_itself(
    tmp_path: Path,
) -> None:
    units = planned(tmp_path, "qmgr unix n - n 300 1 qmgr\nlocal unix - n n - 10 local\n")
    (seen_by_qmgr,) = settings(units["postroom-qmgr.service"])["transports"]
    local = settings(units["postroom-local.service"])
    for limit, value in (("process_limit", 10), ("destination_concurrency_limit", 2)):
        assert local[limit] == value
        assert seen_by_qmgr[limit] > value


def test_proxymap_serves_the_tables_that_others_name(tmp_path: Path) -> None:
    units = planned(
        tmp_path,
        f"{SMTPD}proxymap unix - - n - - proxymap\n",
        f"{MAIN}virtual_alias_maps = hash:/etc/postroom/virtual, proxy:unix:passwd.byname\n",
    )
    tables = settings(units["postroom-proxymap.service"])["tables"]
    assert {"hash:/etc/postroom/virtual", "proxy:unix:passwd.byname"} <= set(tables)


@pytest.mark.parametrize("switch", ["yes", "Yes"])
def test_passwords_in_a_file_go_to_the_client_that_needs_them_and_to_nobody_else(
    tmp_path: Path, switch: str
) -> None:
    table = tmp_path / "passwords"
    table.with_suffix(".cdb").touch()
    units = planned(
        tmp_path,
        f"{SMTPD}smtp unix - - n - - smtp\nproxymap unix - - n - - proxymap\n",
        f"{MAIN}smtp_sasl_auth_enable = {switch}\n"
        f"smtp_sasl_password_maps = hash:{table}, unionmap:{{tcp:[::1]:99,hash:{table}}}\n",
    )
    holders = {name for name, unit in units.items() for file in unit.values.get("secret_files", ())}
    assert holders == {"postroom-smtp.service"}
    tables = settings(units["postroom-proxymap.service"])["tables"]
    assert "tcp:[::1]:99" in tables
    assert not any("passwords" in one for one in tables)


def test_pickup_alone_asks_who_may_list_what_waits(tmp_path: Path) -> None:
    main = f"{MAIN}authorized_mailq_users = socketmap:inet:192.0.2.7:2527:listers\n"
    units = planned(tmp_path, f"{SMTPD}pickup unix n - n 60 1 pickup\n", main)
    asks = {
        name: units[f"postroom-{name}.service"].values["asks_proxymap"]
        for name in ("pickup", "postdrop")
    }
    assert asks == {"pickup": True, "postdrop": False}


def test_proxymap_gets_main_cf_where_that_has_the_parameters_of_a_table(tmp_path: Path) -> None:
    units = planned(
        tmp_path,
        f"{SMTPD}proxymap unix - - n - - proxymap\n",
        f"{MAIN}virtual_alias_maps = mysql:people\npeople_hosts = 192.0.2.7\n",
    )
    proxymap = units["postroom-proxymap.service"].values
    assert [file.path for file in proxymap["secret_files"]] == [f"{tmp_path}/main.cf"]
    assert proxymap["table_servers"] == ("192.0.2.7",)


def test_programs_that_do_not_exist_are_told_and_get_no_unit(tmp_path: Path) -> None:
    units = planned(tmp_path, "tlsmgr unix - - n 1000? 1 tlsmgr\n2000 inet n - n - - qmqpd\n")
    assert not [name for name in units if "tlsmgr" in name or "2000" in name]
    told = [str(note) for note in notes(load(tmp_path))]
    assert told[0].startswith("note: ")
    assert "tlsmgr" in told[0]
    assert told[1].startswith("warning: ")
    assert "nobody listens there" in told[1]


@pytest.mark.parametrize(
    ("patterns", "listening"),
    [
        ("inet", []),
        ("smtp/inet", ["submission"]),
        ("submission.inet", ["smtp"]),
        ("!smtp/inet, inet", ["smtp"]),
        ("smtp, submission/unix", ["smtp", "submission"]),
    ],
)
def test_nobody_listens_where_main_cf_has_it_so(
    tmp_path: Path, patterns: str, listening: list[str]
) -> None:
    master = f"{SMTPD}submission inet n - n - - smtpd\n"
    units = planned(tmp_path, master, f"{MAIN}master_service_disable = {patterns}\n")
    names = ("smtp", "submission")
    assert [one for one in names if f"postroom-smtpd@{one}.socket" in units] == listening
    told = [note.text for note in notes(load(tmp_path)) if "nobody listens" in note.text]
    assert len(told) == len(names) - len(listening)


@pytest.mark.parametrize(
    ("master", "reason"),
    [
        ("smtp unix n - n - - smtpd\n", "smtpd must be an inet service"),
        ("25 inet n - n - - cleanup\n", "cleanup cannot be an inet service"),
        ("a/b unix - - n - - smtp\n", "cannot be the name of a socket"),
        ("nosuchport inet n - n - - smtpd\n", "unknown port name"),
        (f"{SMTPD}25 inet n - n - - smtpd\n", "is taken by postroom-smtpd@smtp.socket already"),
        (f"{SMTPD}0.0.0.0:25 inet n - n - - smtpd\n", "0.0.0.0:25 is taken by postroom-smtpd@smtp"),
        (f"[::]:25 inet n - n - - smtpd\n{SMTPD}", "[::1]:25 is taken by postroom-smtpd@"),
        ("dns unix - - n - - smtp\n", "is taken"),
    ],
)
def test_what_systemd_could_not_start_is_refused_with_its_line(
    tmp_path: Path, master: str, reason: str
) -> None:
    with pytest.raises(ConfigError, match=re.escape(reason)) as refused:
        planned(tmp_path, master)
    assert "master.cf" in str(refused.value)


@pytest.mark.parametrize("address", ["127.0.0.1", "[::1]"])
def test_where_all_interfaces_listen_no_single_one_can(tmp_path: Path, address: str) -> None:
    """Whichever was started first."""
    single, every = f"{address}:25 inet n - n - - smtpd\n", "inet_interfaces = all\n"
    for master in (SMTPD + single, single + SMTPD):
        with pytest.raises(ConfigError, match="25 is taken by postroom-smtpd"):
            planned(tmp_path, master, MAIN + every)
    planned(tmp_path, SMTPD + single.replace("25", "26"), MAIN + every)


VIRTUAL = "virtual unix - n n - - virtual\n"
ONE_OWNER = f"{MAIN}virtual_uid_maps=static:5000\nvirtual_gid_maps=static:8\n"


@pytest.fixture
def vmail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with the user 5000 and the group 8."""
    for name, line in (("USERS", "vmail:x:5000:8::/m:/bin/false"), ("GROUPS", "mail:x:8:")):
        (tmp_path / name).write_text(f"root:x:0:0::/root:/bin/sh\n{line}\n")
        monkeypatch.setattr(accounts, name, tmp_path / name)


@pytest.mark.usefixtures("vmail")
def test_one_owner_of_all_mailboxes_needs_no_capability(tmp_path: Path) -> None:
    several = planned(tmp_path, VIRTUAL)["postroom-virtual.service"].values
    assert several["mailbox_owner"] == ""
    main = f"{ONE_OWNER}virtual_mailbox_base=/m\n"
    single = planned(tmp_path, VIRTUAL, main)["postroom-virtual.service"].values
    assert (single["mailbox_owner"], single["mailbox_group"]) == ("5000", "8")
    assert single["mailbox_base"] == "-/m"


@pytest.mark.usefixtures("vmail")
def test_an_owner_without_an_account_is_one_that_systemd_cannot_become(tmp_path: Path) -> None:
    main = ONE_OWNER.replace("5000", "5001")
    unit = planned(tmp_path, VIRTUAL, main)["postroom-virtual.service"]
    assert (unit.values["mailbox_owner"], unit.values["mailbox_group"]) == ("", "")


def test_a_directory_that_needs_quoting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="virtual_mailbox_base"):
        planned(
            tmp_path, "virtual unix - n n - - virtual\n", f'{MAIN}virtual_mailbox_base = /a "b\n'
        )


def test_lmtp_sees_the_directory_of_the_socket_it_is_told(tmp_path: Path) -> None:
    main = f"{MAIN}virtual_transport = lmtp:unix:/run/mailboxes/lmtp\n"
    unit = planned(tmp_path, "lmtp unix - - n - - lmtp\n", main)["postroom-lmtp.service"]
    assert unit.values["socket_directories"] == ("/run/mailboxes",)


POLICY = "smtpd_relay_restrictions = reject_unauth_destination, check_policy_service {}\n"
SPF = "spf unix - n n - 0 spawn user=nobody argv=/usr/bin/spf\n"


@pytest.mark.parametrize(
    ("master", "server", "path"),
    [
        (SMTPD, "unix:private/spf", "/var/lib/postroom/private/spf"),
        (f"{SMTPD}{SPF}", "unix:private/spf", "/run/postroom/spf"),
        (SMTPD, "unix:/run/spf", "/run/spf"),
    ],
)
def test_policy_servers_are_asked_where_they_are(
    tmp_path: Path, master: str, server: str, path: str
) -> None:
    units = planned(tmp_path, master, MAIN + POLICY.format(f"{{ {server}, timeout=5s }}"))
    (found,) = settings(units["postroom-policy-client.service"])["policy_servers"].values()
    assert (found["path"], found["timeout"], found["try_limit"]) == (path, 5.0, 2)


def test_a_policy_server_s_port_may_have_a_name_of_main_cf(tmp_path: Path) -> None:
    main = f"{MAIN}known_tcp_ports = greylist=10023\n{POLICY.format('inet:localhost:greylist')}"
    units = planned(tmp_path, SMTPD, main)
    (found,) = settings(units["postroom-policy-client.service"])["policy_servers"].values()
    assert (found["host"], found["port"]) == ("localhost", 10023)
    assert not [one for one in load(tmp_path).problems() if "check_policy_service" in one.text]


@pytest.mark.parametrize("program", ["smtp", "smtpd", "cleanup", "qmgr"])
def test_values_may_refer_to_the_service_they_are_of(tmp_path: Path, program: str) -> None:
    kind = "inet" if program == "smtpd" else "unix"
    master = f"2525 {kind} - - n - - {program}\n  -o syslog_name=postfix/$service_name\n"
    units = planned(tmp_path, master)
    assert settings(units[f"postroom-{program}@2525.service"])["syslog_name"] == "postfix/2525"
