"""postconf prints and writes what Postfix's own postconf does for the same files."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from commands.postfix import Postfix
from postroom.commands.postconf import main
from postroom.config.names import READ_ONLY
from postroom.config.parameters import PARAMETERS

OURS = frozenset(
    (
        "alias_maps",
        "config_directory",
        "daemon_directory",
        "data_directory",
        "default_destination_concurrency_positive_feedback",
        "html_directory",
        "initial_destination_concurrency",
        "mail_name",
        "mail_owner",
        "mail_release_date",
        "mail_version",
        "meta_directory",
        "process_id",
        "queue_directory",
        "readme_directory",
        "sample_directory",
        "setgid_group",
        "shlib_directory",
    )
)
"""Parameters whose default is Postroom's own."""

MAIN = r"""# A configuration with a bit of everything.
compatibility_level = 3.6
relayhost = [a.example]:25
mydestination = $myhostname, localhost,
    /etc/domains
# in between
    hash:/etc/domains
mydomain = example.com
myorigin=$mydomain
mine = permit_mynetworks
smtpd_banner = ${multi_instance_name?{$multi_instance_name}:{$myhostname}} ESMTP
smtpd_client_restrictions = $mine, ${{$compatibility_level} >level {2} ? {reject} : {permit}}
mua_timeout = 5s
default_rbl_reply = $rbl_code no
luser_relay = $user@$mine
slow_destination_rate_delay = 1s
empty =
inet_interfaces = loopback-only
virtual_maps = hash:/etc/virtual
twice = 1
twice = 2
service_name = $nobody
"""
MASTER = r"""# top
smtp inet n - y - - smtpd
  -o smtpd_timeout=$mua_timeout -o smtpd_helo_required={x} -o  { syslog_name = a b }
  -o { mynetworks = 10.0.0.0/8 } -o q=$myhostname -v
slow unix - n n 60? 1 smtp -v -o smtp_helo_name=x -v
mover unix - n n - - pipe flags=DR user=v argv=/bin/x ${recipient} $sender -o foo=bar very long
  arguments that go on and on until the line has to be folded
local unix - n n - - local
showq unix n - n - - showq -o process_id=1 -o relayhost=$nobody
"""
DEFAULTS = [[], ["-d"], ["-x"], ["-f"], ["-df"]]
SHOWN = [
    ["-n"],
    ["-nq"],
    ["-nf"],
    ["-nx"],
    ["-nh"],
    ["-nH"],
    ["-C", "user"],
    ["-C", "service"],
    ["-C", "builtin,user", "-n"],
    ["-C", "USER, Service"],
    ["-C", "all", "-C", "user"],
    ["-C", ""],
    ["relayhost", "-h", "--", "a=b"],
    ["-M", "smtp", "-f"],
    ["-F", "smtp", "x=y"],
    ["relayhost", "nosuch", "mydestination"],
    ["-x", "-o", "mydomain=x.y", "myorigin", "smtpd_banner"],
    ["-d", "slow_destination_rate_delay"],
    ["-M"],
    ["-Mq"],
    ["-Mf"],
    ["-Mx"],
    ["-Mf", "smtp/inet", "*/unix", "nosuch"],
    ["-F"],
    ["-F", "*/*/chroot"],
    ["-Fh", "smtp"],
    ["-P"],
    ["-Px"],
    ["-PH", "smtp/inet"],
    ["-P", "smtp/inet/none", "local", "*/unix/smtp_helo_name", "showq/unix/process_id"],
    ["-l"],
]
CHANGES = [
    ["-e", "relayhost=b", "zzz = new", "aaa=new", "empty=full"],
    ["mydestination="],
    ["-X", "mine", "-n"],
    ["-e", "twice=3"],
    ["-#", "mydestination", "mine"],
    ["-X", "mydestination", "twice", "nosuch"],
    ["-Me", "slow/unix=slow unix - - n - 2 smtp -o a=b"],
    ["-Me", "new/unix=new unix - - n - 2 smtp"],
    ["-M#", "smtp/inet", "local/unix"],
    ["-MX", "*/unix"],
    ["-Fe", "*/unix/chroot=y"],
    ["-Fe", "slow/unix/command=lmtp -o x=y"],
    ["-Fe", "smtp/inet/service=submission"],
    ["-Pe", "slow/unix/smtp_helo_name=y", "slow/unix/new=z", "mover/unix/new=z"],
    ["-PX", "slow/unix/smtp_helo_name", "smtp/inet/mynetworks"],
]
BROKEN = "bad line\nodd inet n - n - 1x smtpd\n"
BESIDE_BROKEN_LINES = [
    ["-Fe", "slow/unix/chroot=y"],
    ["-Pe", "slow/unix/smtp_helo_name=y"],
    ["-PX", "slow/unix/smtp_helo_name"],
    ["-MX", "odd/inet"],
]
# What stands in main.cf, and whether Postfix then shows anything.
MALFORMED = {
    "compatibility_level = 3.x": False,
    "smtpd_banner = ${myhostname": False,
    "slow_destination_rate_delay = ${mine": False,
    "mydestination = ${{$compatibility_level} <level {4x} ? {a}:{b}}": False,
    "luser_relay = ${user": True,
    "virtual_maps = $empty ${mine": True,
    "local_destination_rate_delay = $empty ${mine": True,
    "relayhost = ${?$nobody}x": True,
    "relayhost = $nobody${}": False,
    "relayhost = ${mine x}$nobody": False,
    "own = $(mine-x)": True,
    "own = ${empty?{$mine}:{$ nobody}}": True,
    "own = ${{$mine} <level {x} ? {$nobody}}": True,
}
# What decides the default of mynetworks, and whether Postfix then shows anything.
NETWORKS = {
    "inet_protocols = ipv5": False,
    "inet_protocols = IPv4": False,
    "inet_protocols = ipv5\nmynetworks = 127.0.0.1": True,
    "mynetworks_style = foo": False,
    "mynetworks_style =": False,
    "mynetworks_style = foo\nmynetworks = 127.0.0.1": True,
    "inet_interfaces = nosuch.invalid": False,
    "inet_interfaces = 127.0.0.1, 203.0.113.1": False,
    "inet_interfaces = 127.0.0.1\ninet_protocols = ipv6": False,
    "inet_interfaces = nosuch.invalid\nmynetworks = 127.0.0.1": True,
    "inet_interfaces = [127.0.0.1], [::1]": True,
    "inet_interfaces =": True,
}
# A few: Postfix takes a second over each. The reasons are tested in test_postconf.
REFUSED = [
    ["-e", "relay host=x"],
    ["-e", "a=b\nc=d"],
    ["-d", "-n"],
    ["-M", "smtp/inet/x"],
    ["-Fe", "smtp/inet/foo=n"],
    ["-M#", "smtp"],
    ["relayhost=", "-n"],
    ["-C", "user,foo"],
]


# What Postfix does not say.
HINT = re.compile(r" \((?:did you mean|master\.cf has no service) .*\)")


class Result(NamedTuple):
    code: int
    out: str
    warnings: list[str]
    main: str
    master: str


Run = Callable[[list[str]], Result]


def _files(directory: Path) -> Path:
    """Both files, long unchanged: Postfix waits a second for each that is not."""
    directory.mkdir()
    for name, content in (("main.cf", MAIN), ("master.cf", MASTER)):
        (directory / name).write_text(content)
        os.utime(directory / name, (0, 0))
    return directory


def _result(code: int, out: str, err: str, directory: Path) -> Result:
    """Warnings in whichever order."""
    files = (directory / "main.cf").read_text(), (directory / "master.cf").read_text()
    lines = HINT.sub("", err.replace(str(directory), "DIRECTORY")).splitlines()
    warnings = sorted(line for line in lines if line.startswith("postconf: warning: "))
    return Result(code, out.replace(str(directory), "DIRECTORY"), warnings, *files)


@pytest.fixture
def theirs(postfix: Postfix, tmp_path: Path) -> Run:
    directory = _files(tmp_path / "theirs")

    def run(arguments: list[str]) -> Result:
        command = [*postfix.command("postconf"), "-c", str(directory), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return _result(done.returncode, done.stdout, done.stderr, directory)

    return run


@pytest.fixture
def ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    directory = _files(tmp_path / "ours")

    def run(arguments: list[str]) -> Result:
        monkeypatch.setattr(sys, "argv", ["postconf", "-c", str(directory), *arguments])
        code = main()
        return _result(code, *capsys.readouterr(), directory)

    return run


@pytest.mark.parametrize("arguments", SHOWN, ids=" ".join)
def test_what_is_shown_and_warned_of_is_the_same(
    arguments: list[str], ours: Run, theirs: Run
) -> None:
    assert ours(arguments) == theirs(arguments)


@pytest.mark.parametrize("arguments", DEFAULTS, ids=" ".join)
def test_defaults_are_the_same(arguments: list[str], ours: Run, theirs: Run) -> None:
    """But for those that are Postroom's own, and for parameters one of both does not have."""
    same = [word for name in OURS for word in ("-o", f"{name}=same")]
    our_values = _values(ours([*arguments, *same]).out)
    their_values = _values(theirs([*arguments, *same]).out)
    assert their_values.keys() - our_values.keys() == set()
    common = our_values.keys() & their_values.keys() - OURS
    assert {name: our_values[name] for name in common} == {
        name: their_values[name] for name in common
    }


@pytest.mark.parametrize("arguments", CHANGES, ids=" ".join)
def test_what_is_changed_is_the_same(arguments: list[str], ours: Run, theirs: Run) -> None:
    assert ours(arguments) == theirs(arguments)


@pytest.mark.parametrize("arguments", BESIDE_BROKEN_LINES, ids=" ".join)
def test_other_lines_need_not_be_sound(
    arguments: list[str], ours: Run, theirs: Run, tmp_path: Path
) -> None:
    for who in ("ours", "theirs"):
        with (tmp_path / who / "master.cf").open("a") as file:
            file.write(BROKEN)
        os.utime(tmp_path / who / "master.cf", (0, 0))
    changed = ours(arguments)
    assert changed.code == 0
    assert changed == theirs(arguments)


@pytest.mark.parametrize("arguments", REFUSED, ids=" ".join)
def test_what_is_refused_is_the_same(arguments: list[str], ours: Run, theirs: Run) -> None:
    assert ours(arguments) == theirs(arguments)


@pytest.mark.parametrize("line", MALFORMED)
def test_a_malformed_value_keeps_all_from_being_shown_where_it_does_with_postfix(
    line: str, ours: Run, theirs: Run, tmp_path: Path
) -> None:
    """It is what a program would meet that starts; a name in it counts as used only up to there."""
    _configure(tmp_path, "main.cf", f"mine = 1\nempty =\n{line}\n")
    _configure(tmp_path, "master.cf", "slow unix - - n - - smtp\n")
    for arguments in (["-n"], ["-M"]):
        shown, expected = ours(arguments), theirs(arguments)
        assert (shown.code == 0) == MALFORMED[line]
        assert shown == expected


@pytest.mark.parametrize("lines", NETWORKS)
def test_nothing_is_shown_where_the_networks_of_this_host_cannot_be_told(
    lines: str, ours: Run, theirs: Run, tmp_path: Path
) -> None:
    _configure(tmp_path, "main.cf", f"{lines}\n")
    for arguments in (["-n"], ["relayhost"], ["-F", "smtp"], ["-d", "relayhost"]):
        shown, expected = ours(arguments), theirs(arguments)
        assert (shown.code == 0) == (NETWORKS[lines] or "-d" in arguments)
        assert (shown.code, shown.out) == (expected.code, expected.out)


def _configure(directory: Path, file: str, text: str) -> None:
    """Both have this; Postfix waits for a file that was written just now."""
    for who in ("ours", "theirs"):
        (directory / who / file).write_text(text)
        os.utime(directory / who / file, (0, 0))


def _values(shown: str) -> dict[str, str]:
    """The lines of each parameter by its name."""
    values: dict[str, str] = {}
    name = ""
    for line in shown.splitlines():
        if not line.startswith(" "):
            name = line.partition(" =")[0]
        values[name] = values.get(name, "") + line + "\n"
    return values


OLD = "will be removed"


def test_the_same_old_names_are_warned_of_in_the_same_words(
    postfix: Postfix,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Wherever they are set; nothing is, where only services or only defaults are asked for."""
    settings = {name for name in PARAMETERS if name not in READ_ONLY}
    main_cf = "".join(f"{name} = 1\n" for name in sorted(settings))
    service = "submission inet n - n - - smtpd -o smtpd_use_tls=yes -o virtual_maps=\n"
    for arguments in (["-n", "mydomain"], ["-M"], ["-P"], ["-d"], ["-nq"]):
        said = []
        for name in ("ours", "theirs"):
            directory = tmp_path / name
            directory.mkdir(exist_ok=True)
            (directory / "main.cf").write_text(main_cf)
            (directory / "master.cf").write_text(service)
            if name == "ours":
                monkeypatch.setattr(sys, "argv", ["postconf", "-c", str(directory), *arguments])
                main()
                err = capsys.readouterr().err
            else:
                command = [*postfix.command("postconf"), "-c", str(directory), *arguments]
                err = subprocess.run(command, capture_output=True, text=True, check=False).stderr
            lines = (line.replace(str(directory), "") for line in err.splitlines())
            said.append(sorted(line for line in lines if OLD in line))
        assert said[0] == said[1], arguments
        assert bool(said[0]) == (arguments not in (["-d"], ["-nq"]))
