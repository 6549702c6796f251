"""``postroom check`` finds what is wrong, says where, and is silent about what is right."""

import os
import time
from pathlib import Path

import pytest

from postroom.config import accounts, table_types
from postroom.config.configuration import load
from postroom.config.kinds import Patterns, Restrictions, Tables
from postroom.config.parameters import PARAMETERS
from postroom.config.problem import Problem, Severity

BROKEN = sorted(Path(__file__).with_name("broken").glob("*.cf"))
MASTER = Path(__file__).parents[3] / "conf" / "master.cf"
FINE = "compatibility_level = 3.11\nalias_maps =\ninet_interfaces = loopback-only\n"


def problems(directory: Path, main: str, master: str | None = None) -> tuple[Problem, ...]:
    (directory / "main.cf").write_text(main)
    (directory / "master.cf").write_text(MASTER.read_text() if master is None else master)
    return load(directory).problems()


def texts(found: tuple[Problem, ...]) -> list[str]:
    return [problem.text for problem in found]


@pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.stem)
def test_a_broken_file_is_complained_about_as_it_says_itself(broken: Path, tmp_path: Path) -> None:
    """The first line of each file is the finding it must lead to."""
    main = broken.read_text()
    severity, line, text = main.splitlines()[0].removeprefix("# ").split(": ", 2)
    wanted = Problem(
        Severity(severity), tmp_path / "main.cf", int(line.removeprefix("line ")), text
    )
    found = problems(tmp_path, f"{main}{FINE}" if "\ncompat" not in main else main)
    assert wanted in found
    worse = [one for one in found if one.severity is Severity.ERROR and one != wanted]
    assert severity == "error" or worse == []


def test_a_good_configuration_has_no_problems(tmp_path: Path) -> None:
    assert problems(tmp_path, FINE) == ()


@pytest.mark.parametrize(
    "line",
    [
        "address_verify_sender =",
        "duplicate_filter_limit = 0",
        "local_header_rewrite_clients = permit_mynetworks, check_address_map static:all",
        "maximal_queue_lifetime = 5days",
        "unverified_sender_defer_code = 250",
        "unverified_sender_reject_code = 250",
        "unverified_recipient_defer_code = 250",
        "unverified_recipient_reject_code = 250",
    ],
)
def test_unusual_values_that_postfix_takes_are_taken(tmp_path: Path, line: str) -> None:
    assert problems(tmp_path, f"{FINE}{line}\n") == ()


def test_what_could_not_be_verified_yet_cannot_be_refused_for_good(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, f"{FINE}unverified_recipient_defer_code = 550\n")
    assert told.severity is Severity.ERROR
    assert "550 is not between 200 and 499" in told.text


def test_of_a_number_without_effect_nothing_else_is_told(tmp_path: Path) -> None:
    (told,) = problems(tmp_path, f"{FINE}postscreen_dnsbl_allowlist_threshold = -2\n")
    assert "has no effect" in told.text


def test_errors_come_first(tmp_path: Path) -> None:
    found = problems(tmp_path, FINE + "biff = no\nfoo = 1\nmessage_size_limit = x\n")
    assert [one.severity.value for one in found] == ["error", "warning", "note"]


@pytest.mark.parametrize(
    ("restrictions", "is_open"),
    [
        ("smtpd_relay_restrictions =", True),
        ("smtpd_relay_restrictions = permit_mynetworks", True),
        ("smtpd_relay_restrictions = permit, reject_unauth_destination", True),
        ("smtpd_relay_restrictions = warn_if_reject reject_unauth_destination", True),
        ("smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination", False),
        ("smtpd_relay_restrictions = permit_mynetworks, REJECT", False),
        ("smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = defer", False),
        ("smtpd_restriction_classes = ours\nours = reject\nsmtpd_relay_restrictions = ours", False),
        ("smtpd_restriction_classes = ours\nours = permit\nsmtpd_relay_restrictions = ours", True),
        ("smtpd_restriction_classes = ours\nours = ours\nsmtpd_relay_restrictions = ours", True),
    ],
)
def test_an_open_relay_is_an_error(tmp_path: Path, restrictions: str, is_open: bool) -> None:
    found = problems(tmp_path, FINE + restrictions + "\n")
    assert any("anybody could relay mail" in text for text in texts(found)) is is_open


def test_one_service_that_relays_for_anybody_is_enough(tmp_path: Path) -> None:
    master = MASTER.read_text() + "2525 inet n - n - - smtpd\n  -o smtpd_relay_restrictions=$mine\n"
    found = problems(tmp_path, FINE + "mine = permit_mynetworks\n", master)
    assert len(found) == 1
    assert found[0].path == tmp_path / "master.cf"
    assert found[0].text.startswith("2525: anybody could relay mail through this service")


def test_overrides_are_judged_where_they_stand(tmp_path: Path) -> None:
    master = MASTER.read_text() + "2525 inet n - n - - smtpd -o smtpd_timeout=never\n"
    (found,) = problems(tmp_path, FINE, master)
    assert found.path == tmp_path / "master.cf"
    assert found.line == len(master.splitlines())


def test_names_of_ones_own_are_fine_where_they_are_used(tmp_path: Path) -> None:
    main = FINE + "mine = reject\nsmtpd_client_restrictions = $mine\nslow_destination_rate_delay=1s"
    master = MASTER.read_text() + "slow unix - - n - - smtp\n"
    assert problems(tmp_path, main, master) == ()


def test_a_parameter_of_a_transport_that_does_not_exist_is_unused(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, FINE + "slow_destination_rate_delay = 1s\n")
    assert (
        found.text
        == "unused parameter: slow_destination_rate_delay=1s (master.cf has no service slow)"
    )


def test_a_table_that_is_there_is_fine(tmp_path: Path) -> None:
    (tmp_path / "transport").write_text("")
    (tmp_path / "transport.cdb").write_text("")
    assert problems(tmp_path, f"{FINE}transport_maps = proxy:hash:{tmp_path}/transport\n") == ()


def test_rules_may_stand_in_main_cf_itself(tmp_path: Path) -> None:
    """In the name of their table; ``$`` is doubled there."""
    rules = "header_checks = regexp:{{/^(Subject: )x/ REPLACE $$1y}, {/^X-Y:/ IGNORE}}\n"
    assert problems(tmp_path, FINE + rules) == ()


def test_a_source_that_was_changed_since_postmap_is_warned_about(tmp_path: Path) -> None:
    (tmp_path / "transport").write_text("")
    (tmp_path / "transport.cdb").write_text("")
    os.utime(tmp_path / "transport.cdb", (0, time.time() - 60))
    (found,) = problems(tmp_path, f"{FINE}transport_maps = hash:{tmp_path}/transport\n")
    assert found.severity is Severity.WARNING
    assert "is newer than" in found.text


def test_a_table_that_a_restriction_class_names_must_be_there(tmp_path: Path) -> None:
    settings = "smtpd_restriction_classes = ours\nours = check_client_access hash:/absent\n"
    (found,) = problems(tmp_path, FINE + settings)
    assert found.severity is Severity.ERROR
    assert found.text.startswith("ours: hash:/absent: there is no file")


def test_files_that_others_can_write_are_warned_about(tmp_path: Path) -> None:
    (tmp_path / "main.cf").write_text(FINE)
    (tmp_path / "main.cf").chmod(0o664)
    found = problems(tmp_path, FINE)
    assert texts(found) == [
        "group or others can write to it: they can run commands as any user but root"
    ]


def test_every_list_that_may_name_tables_is_looked_through() -> None:
    """Kinds of lists that judgement.tables knows."""
    named = [one for one in PARAMETERS.values() if table_types.split(one.default)]
    assert all(isinstance(one.kind, Tables | Patterns | Restrictions) for one in named if one.acts)


@pytest.mark.parametrize(
    "protection",
    [
        "smtp_tls_security_level = encrypt",
        "smtp_tls_security_level = secure",
        "smtp_enforce_tls = yes",
        "smtp_sasl_security_options = noplaintext",
        "smtp_sasl_auth_enable = no",
    ],
)
def test_a_password_that_is_protected_is_no_problem(protection: str, tmp_path: Path) -> None:
    main = (
        "smtp_sasl_auth_enable = yes\nsmtp_sasl_password_maps = static:user:password\n"
        "smtp_sasl_security_options = noanonymous\n"
    )
    name = protection.partition(" ")[0]
    kept = "".join(line for line in main.splitlines(True) if not line.startswith(f"{name} "))
    found = texts(problems(tmp_path, f"{FINE}{kept}{protection}\n"))
    assert [text for text in found if "will be removed" not in text] == []


def test_dane_with_dnssec_is_no_problem(tmp_path: Path) -> None:
    main = "smtp_tls_security_level = dane\nsmtp_dns_support_level = dnssec\n"
    assert problems(tmp_path, FINE + main) == ()


def test_a_restriction_that_asks_verify_wants_its_service(tmp_path: Path) -> None:
    main = f"{FINE}smtpd_sender_restrictions = reject_unverified_sender\n"
    assert problems(tmp_path, main) == ()
    lines = [line for line in MASTER.read_text().splitlines() if not line.startswith("verify")]
    (found,) = problems(tmp_path, main, "\n".join(lines))
    assert found.severity is Severity.ERROR
    assert found.text.endswith(
        "reject_unverified_sender: master.cf has no service verify of type unix"
    )


@pytest.mark.parametrize(
    ("name", "consequence"),
    [
        ("bounce", "mail that cannot be delivered stays in the queue, and nobody is told of it"),
        ("defer", "nobody is told of mail that is late"),
        ("trace", "reports that were asked for are not made, and their mail stays in the queue"),
    ],
)
def test_what_tells_senders_of_their_mail_is_missed(
    tmp_path: Path, name: str, consequence: str
) -> None:
    lines = MASTER.read_text().splitlines(keepends=True)
    master = "".join(line for line in lines if line.split()[:1] != [name])
    (found,) = problems(tmp_path, FINE, master)
    assert found.severity is Severity.WARNING
    assert found.text == f"there is no service {name} of type unix: {consequence}"


USERS = "root:x:0:0\ntoor:x:0:1\nalice:x:1000:1000\nadmin:x:1001:0\npostfix:x:105:110\n"
USERS += "postroom:x:990:990\npostroom-local:x:991:991\nqueue:x:990:1000\nfriend:x:1002:991\n"
GROUPS = "root:x:0:\nusers:x:100:\npostroom:x:990:\npostroom-local:x:991:\nsame:x:991:\n"


@pytest.fixture
def known_accounts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, lines in (("USERS", USERS), ("GROUPS", GROUPS)):
        (tmp_path / name).write_text("".join(f"{line}:::\n" for line in lines.splitlines()))
        monkeypatch.setattr(accounts, name, tmp_path / name)


ROOT = "commands do not run as root"
ROOT_GROUP = "commands do not run with the group of root"
OURS = "commands do not run as the mail system"
OUR_GROUP = "commands do not run with a group of the mail system"


@pytest.mark.usefixtures("known_accounts")
@pytest.mark.parametrize(
    ("user", "reason"),
    [
        *(("alice", ""), ("alice:users", ""), ("unknown", ""), ("alice:unknown", "")),
        *(("root", ROOT), ("0", ROOT), ("toor", ROOT), ("toor:users", ROOT)),
        *(("admin", ROOT_GROUP), ("alice:root", ROOT_GROUP), ("alice:0", ROOT_GROUP)),
        *(("admin:users", ""), ("postroom", OURS), ("queue", OURS), ("_postroom-smtp", OURS)),
        *(("postfix", OURS), ("postroom-local:users", OURS)),
        *(("friend", OUR_GROUP), ("alice:same", OUR_GROUP), ("alice:postroom", OUR_GROUP)),
    ],
)
def test_commands_have_the_rights_neither_of_root_nor_of_the_mail_system(
    tmp_path: Path, user: str, reason: str
) -> None:
    """As in Postfix, where root may go by another name."""
    command = f"user={user} argv=/bin/cat"
    master = f"a unix - n n - - pipe {command}\nb unix - n n - - spawn {command}\n"
    main = f"{FINE}mail_owner = postfix\n"
    wanted = {f"a: user={user}: {reason}", f"b: user={user}: {reason}"} if reason else set()
    found = problems(tmp_path, main, MASTER.read_text() + master)
    assert {one.text for one in found if one.severity is Severity.ERROR} == wanted
    if ":" not in user:
        found = problems(tmp_path, f"{main}default_privs = {user}\n")
        errors = [str(one) for one in found if one.severity is Severity.ERROR]
        place = f"error: {tmp_path}/main.cf, line 5: default_privs: {user}: {reason}"
        assert errors == ([place] if reason else [])


@pytest.mark.usefixtures("known_accounts")
@pytest.mark.parametrize(
    ("owner", "reason"),
    [
        *(
            ("alice", ""),
            ("unknown", "there is no such user"),
            ("0", "the mail system is not root's"),
        ),
        *(("root", "the mail system is not root's"), ("toor", "the mail system is not root's")),
        *(("queue", "postroom is the same user"), ("postroom", "queue is the same user")),
    ],
)
def test_the_mail_system_has_an_account_of_its_own(tmp_path: Path, owner: str, reason: str) -> None:
    found = problems(tmp_path, f"{FINE}mail_owner = {owner}\n")
    errors = [one.text for one in found if one.severity is Severity.ERROR]
    assert errors == ([f"mail_owner: {owner}: {reason}"] if reason else [])
