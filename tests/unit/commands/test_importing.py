"""``postroom import`` takes over what a Postfix has, says what became of it, and loses nothing."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from postroom.commands.postroom import generation
from postroom.commands.postroom.importing.adaptation import adapt_main
from postroom.commands.postroom.importing.finding import What
from postroom.commands.postroom.importing.taking_over import Outcome, take_over
from postroom.config.configuration import load
from postroom.config.problem import ConfigError
from postroom.tables.opening import open_directly
from this_tree import GENERATOR

TREE = Path(__file__).resolve().parents[3]
STYLES = sorted((TREE / "tests/commands/styles").iterdir())
MAIN = """\
# main.cf of a Postfix
compatibility_level = 3.6
myhostname = mail.example.org
inet_interfaces = loopback-only
alias_maps =
"""
MASTER = """\
smtp      inet  n       -       y       -       -       smtpd
cleanup   unix  n       -       y       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       y       1000?   1       tlsmgr
rewrite   unix  -       -       y       -       -       trivial-rewrite
bounce    unix  -       -       y       -       0       bounce
proxymap  unix  -       -       n       -       -       proxymap
smtp      unix  -       -       y       -       -       smtp
local     unix  -       n       n       -       -       local
"""

Import = Callable[..., Outcome]


@pytest.fixture
def postfix(tmp_path: Path) -> Path:
    directory = tmp_path / "postfix"
    directory.mkdir()
    (directory / "main.cf").write_text(MAIN)
    (directory / "master.cf").write_text(MASTER)
    return directory


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "postroom"


@pytest.fixture
def imported(postfix: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> Import:
    """Add to main.cf, and import with this tree's generator."""
    monkeypatch.setattr(generation, "GENERATOR", GENERATOR)

    def run(main: str = "", *, rehearse: bool = False) -> Outcome:
        (postfix / "main.cf").write_text(MAIN + main)
        return take_over(postfix, target, rehearse=rehearse)

    return run


def texts(outcome: Outcome, what: What) -> list[str]:
    return [one.text for one in outcome.findings if one.what is what]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_table_comes_along_and_is_built(imported: Import, postfix: Path, target: Path) -> None:
    (postfix / "virtual").write_text("info@example.org alice\n")
    (postfix / "virtual.db").write_bytes(b"Berkeley's")
    outcome = imported(f"virtual_alias_maps = hash:{postfix}/virtual\n")
    assert outcome.good
    assert load(target).text("virtual_alias_maps") == f"hash:{target}/virtual"
    assert open_directly(f"hash:{target}/virtual").lookup("info@example.org") == "alice"
    assert not (target / "virtual.db").exists()


def test_a_copy_of_etc_postfix_is_read_for_the_files_it_calls_etc_postfix(
    imported: Import, postfix: Path, target: Path
) -> None:
    (postfix / "maps").mkdir()
    (postfix / "maps/clients").write_text("10.0.0.1 OK\n")
    outcome = imported(
        "smtpd_client_restrictions = check_client_access cidr:/etc/postfix/maps/clients\n"
    )
    assert outcome.good
    assert (target / "maps/clients").is_file()
    assert f"cidr:{target}/maps/clients" in (target / "main.cf").read_text()


def test_what_is_elsewhere_stays_and_gets_an_index_there(
    imported: Import, target: Path, tmp_path: Path
) -> None:
    (tmp_path / "aliases").write_text("root: alice\n")
    main = f"alias_maps = hash:{tmp_path}/aliases\nalias_database = $alias_maps\n"
    assert imported(main).good
    assert open_directly(f"hash:{tmp_path}/aliases").lookup("root") == "alice"
    assert not (target / "aliases").exists()


def test_lines_on_postfix_s_own_installation_become_comments_and_keep_their_numbers(
    imported: Import, target: Path
) -> None:
    outcome = imported("daemon_directory = /usr/lib/postfix/sbin\nsetgid_group = postdrop\n")
    assert (target / "main.cf").read_text().splitlines()[5:] == [
        "#daemon_directory = /usr/lib/postfix/sbin",
        "#setgid_group = postdrop",
    ]
    assert len(texts(outcome, What.CHANGED)) == 3
    assert {"daemon_directory", "setgid_group"}.isdisjoint(texts(outcome, What.ACTS))


def test_no_service_is_said_to_be_in_a_chroot(imported: Import, target: Path) -> None:
    assert imported().good
    assert not any(service.chroot for service in load(target).services)


def test_passwords_and_their_index_are_the_owner_s_alone(
    imported: Import, postfix: Path, target: Path
) -> None:
    (postfix / "sasl_passwd").write_text("[mx.example.net] me:secret\n")
    (postfix / "users.cf").write_text("hosts = 127.0.0.1\npassword = secret\nquery = x\n")
    imported(
        f"smtp_sasl_password_maps = hash:{postfix}/sasl_passwd\n"
        f"virtual_alias_maps = mysql:{postfix}/users.cf\n"
    )
    names = ("sasl_passwd", "sasl_passwd.cdb", "users.cf")
    assert {name: mode(target / name) for name in names} == dict.fromkeys(names, 0o600)


def test_a_table_that_services_cannot_read_is_told(imported: Import, postfix: Path) -> None:
    """It was readable to Postfix's group, which there is none of."""
    (postfix / "virtual").write_text("info@example.org alice\n")
    (postfix / "virtual").chmod(0o640)
    outcome = imported(f"virtual_alias_maps = hash:{postfix}/virtual\n")
    assert any("services cannot read it" in text for text in texts(outcome, What.WARNING))


def test_what_nothing_names_is_left_and_told(imported: Import, postfix: Path, target: Path) -> None:
    (postfix / "old-transport").write_text("a b\n")
    (postfix / "lost.db").write_bytes(b"")
    (postfix / "dynamicmaps.cf").write_text("# Postfix's own\n")
    left = [one for one in imported().findings if one.what is What.LEFT]
    assert [one.path.name for one in left] == ["lost.db", "old-transport"]
    assert "without its source" in left[0].text
    assert not (target / "old-transport").exists()


def test_what_is_there_already_is_saved(imported: Import, postfix: Path, target: Path) -> None:
    target.mkdir()
    (target / "main.cf").write_text("# the admin's\n")
    (target / "master.cf").write_text(MASTER.replace(" y ", " n "))
    outcome = imported()
    (saved,) = target.glob("before-import-*")
    assert [path.name for path in saved.iterdir()] == ["main.cf"]
    assert (saved / "main.cf").read_text() == "# the admin's\n"
    assert texts(outcome, What.SAVED) == [f"in {saved}"]


def test_a_failure_leaves_main_cf_as_it_was(imported: Import, postfix: Path, target: Path) -> None:
    (postfix / "virtual").write_text("info@example.org alice\n")
    (target / "virtual").mkdir(parents=True)
    (target / "virtual/file").touch()
    (target / "main.cf").write_text("# the admin's\n")
    with pytest.raises(OSError):
        imported(f"virtual_alias_maps = texthash:{postfix}/virtual\n")
    assert (target / "main.cf").read_text() == "# the admin's\n"


def test_a_rehearsal_says_the_same_and_changes_nothing(
    imported: Import, postfix: Path, target: Path, tmp_path: Path
) -> None:
    (postfix / "virtual").write_text("info@example.org alice\n")
    (tmp_path / "aliases").write_text("root: alice\n")
    main = f"virtual_alias_maps = hash:{postfix}/virtual\nalias_maps = hash:{tmp_path}/aliases\n"
    rehearsed = imported(main, rehearse=True)
    assert (rehearsed.good, rehearsed.done) == (True, False)
    assert not target.exists()
    assert not (tmp_path / "aliases.cdb").exists()
    assert set(rehearsed.findings) <= set(imported(main).findings)


def test_each_line_is_said_to_act_to_have_no_effect_or_to_want_the_admin(
    imported: Import, target: Path
) -> None:
    outcome = imported("biff = no\nmessage_size_limit = much\n")
    assert "myhostname" in texts(outcome, What.ACTS)
    assert any(text.startswith("biff: has no effect") for text in texts(outcome, What.NOTE))
    (error,) = (one for one in outcome.findings if one.what is What.ERROR)
    assert (error.path, error.line) == (target / "main.cf", 7)
    assert (outcome.good, outcome.done) == (False, True)


def test_relative_sockets_begin_where_postfix_s_did(imported: Import, target: Path) -> None:
    imported("virtual_transport = lmtp:unix:private/dovecot-lmtp\n")
    assert load(target).text("queue_directory") == "/var/spool/postfix"


def test_a_socket_named_from_within_a_chroot_is_found_from_without(
    postfix: Path, tmp_path: Path
) -> None:
    (tmp_path / "spool/filter").mkdir(parents=True)
    (tmp_path / "spool/filter/socket").touch()
    text = (
        f"{MAIN}queue_directory = {tmp_path}/spool\n"
        "smtpd_milters = unix:/filter/socket, local:/nowhere\n"
    )
    (postfix / "main.cf").write_text(text)
    adapted = adapt_main(text, load(postfix))
    assert f"unix:{tmp_path}/spool/filter/socket, local:/nowhere" in adapted.text


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_any_style_of_configuration_can_be_imported(style: Path, tmp_path: Path) -> None:
    """With errors, for its tables are not here."""
    outcome = take_over(style, tmp_path / "postroom", rehearse=True)
    assert texts(outcome, What.ACTS)


def test_a_directory_is_not_imported_into_itself(postfix: Path) -> None:
    with pytest.raises(ConfigError):
        take_over(postfix, postfix, rehearse=False)
