"""postconf(1): what is shown and what is changed."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from postroom.commands.postconf import main
from postroom.config.configuration import load
from postroom.config.names import Names

MAIN = """# About the relay.
relayhost = [a.example]:25
mydestination = a, b
    c
mine = x
smtpd_banner = $mine ESMTP
unused = 1
"""
MASTER = """# Services.
smtp inet n - y - - smtpd
  -o smtpd_timeout=5 -o { mynetworks = 10.0.0.0/8, [::1]/128 }
mover unix - n n - - pipe flags=R user=v argv=/bin/mv ${recipient}
"""


class Result(NamedTuple):
    code: int
    out: str
    err: str


Postconf = Callable[..., Result]


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    (tmp_path / "main.cf").write_text(MAIN)
    (tmp_path / "master.cf").write_text(MASTER)
    return tmp_path


@pytest.fixture
def postconf(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Postconf:
    def run(*arguments: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["postconf", "-c", str(directory), *arguments])
        code = main()
        return Result(code, *capsys.readouterr())

    return run


def test_without_options_everything_is_shown_in_order(postconf: Postconf, directory: Path) -> None:
    names = [line.split(" = ")[0].removesuffix(" =") for line in postconf().out.splitlines()]
    assert names == sorted(Names(load(directory)).known)
    assert {"mine", "mover_time_limit", "mover_destination_rate_delay"} <= set(names)
    assert not {"unused", "virtual_maps", "transport_destination_rate_delay"} & set(names)


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (
            ["-n", "mine", "mydestination", "relayhost", "smtpd_banner", "biff"],
            "mine = x\nmydestination = a, b c\nrelayhost = [a.example]:25\n"
            "smtpd_banner = $mine ESMTP\n",
        ),
        (["relayhost"], "relayhost = [a.example]:25\n"),
        (["-d", "relayhost"], "relayhost =\n"),
        (["-h", "relayhost"], "[a.example]:25\n"),
        (["-hd", "relayhost", "biff"], "\nyes\n"),
        (["-H", "relayhost"], "relayhost\n"),
        (["-x", "smtpd_banner"], "smtpd_banner = x ESMTP\n"),
        (["-x", "-o", "mine=y", "smtpd_banner"], "smtpd_banner = y ESMTP\n"),
        (
            ["-xh", "forward_path"],
            "$home/.forward${recipient_delimiter}${extension}, $home/.forward\n",
        ),
        (["-n", "biff", "relayhost"], "relayhost = [a.example]:25\n"),
        (["-C", "user"], "mine = x\n"),
        (
            ["mover_destination_rate_delay"],
            "mover_destination_rate_delay = $default_destination_rate_delay\n",
        ),
    ],
)
def test_values_are_shown_as_asked_for(postconf: Postconf, arguments: list[str], out: str) -> None:
    assert postconf(*arguments)[:2] == (0, out)


def test_long_values_are_folded(postconf: Postconf) -> None:
    assert postconf("-f", "smtpd_relay_restrictions").out == (
        "smtpd_relay_restrictions = ${{$compatibility_level} <level {1} ? {} :\n"
        "    {permit_mynetworks, permit_sasl_authenticated, defer_unauth_destination}}\n"
    )


def test_unused_and_unknown_names_are_warned_about(postconf: Postconf, directory: Path) -> None:
    (directory / "main.cf").write_text("mydestnation = x\nrelayhost = $nobody\n")
    result = postconf("-n", "relaydomain")
    assert result.code == 0
    assert result.err.splitlines() == [
        f"postconf: warning: {directory}/main.cf: undefined parameter: nobody",
        "postconf: warning: relaydomain: unknown parameter (did you mean relay_domains?)",
        f"postconf: warning: {directory}/main.cf: unused parameter: mydestnation=x"
        " (did you mean mydestination?)",
    ]


def test_services_are_shown_in_columns(postconf: Postconf) -> None:
    assert postconf("-M").out == (
        "smtp       inet  n       -       y       -       -       smtpd"
        " -o smtpd_timeout=5 -o {mynetworks=10.0.0.0/8, [::1]/128}\n"
        "mover      unix  -       n       n       -       -       pipe"
        " flags=R user=v argv=/bin/mv ${recipient}\n"
    )


@pytest.mark.parametrize(
    ("arguments", "out"),
    [
        (["-F", "smtp/inet/chroot"], "smtp/inet/chroot = y\n"),
        (["-Fh", "mover/unix/process_limit"], "-\n"),
        (
            ["-P", "smtp"],
            "smtp/inet/mynetworks = 10.0.0.0/8, [::1]/128\nsmtp/inet/smtpd_timeout = 5\n",
        ),
        (["-PH", "*/inet/smtpd_timeout"], "smtp/inet/smtpd_timeout\n"),
        (["-M", "nobody"], ""),
    ],
)
def test_fields_and_overrides_are_shown(postconf: Postconf, arguments: list[str], out: str) -> None:
    assert postconf(*arguments)[:2] == (0, out)


def test_an_edit_changes_one_line_and_adds_another(postconf: Postconf, directory: Path) -> None:
    (directory / "main.cf").chmod(0o600)
    assert postconf("-e", "relayhost = b", "biff=no") == (0, "", "")
    changed = (directory / "main.cf").read_text()
    assert changed == MAIN.replace("[a.example]:25", "b") + "biff = no\n"
    assert (directory / "main.cf").stat().st_mode & 0o777 == 0o600


def test_a_value_on_the_command_line_means_an_edit(postconf: Postconf, directory: Path) -> None:
    assert postconf("relayhost=").code == 0
    assert "relayhost = \n" in (directory / "main.cf").read_text()


def test_parameters_are_commented_out_or_removed(postconf: Postconf, directory: Path) -> None:
    assert postconf("-#", "mydestination").code == 0
    assert "#mydestination = a, b\n#    c\n" in (directory / "main.cf").read_text()
    assert postconf("-X", "relayhost").code == 0
    assert "relayhost" not in (directory / "main.cf").read_text()


def test_services_are_edited(postconf: Postconf, directory: Path) -> None:
    assert postconf("-Pe", "smtp/inet/smtpd_timeout=9").code == 0
    assert postconf("-Fe", "smtp/inet/chroot=n").code == 0
    assert postconf("-M#", "mover/unix").code == 0
    assert postconf("-Me", "new/unix=new unix - - n - 1 smtp").code == 0
    assert (directory / "master.cf").read_text() == (
        "# Services.\n"
        "smtp       inet  n       -       n       -       -       smtpd\n"
        "    -o smtpd_timeout=9\n"
        "    -o {mynetworks=10.0.0.0/8, [::1]/128}\n"
        "#mover unix - n n - - pipe flags=R user=v argv=/bin/mv ${recipient}\n"
        "new        unix  -       -       n       -       1       smtp\n"
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["-e", "relay host=x"], "missing '=' after attribute name: \"relay host=x\""),
        (["-e", "relayhost"], "missing '=' after attribute name: \"relayhost\""),
        (["-e"], "-e requires name=value argument"),
        (["-e", "a=b\nc=d"], "-e, -X, or -# accepts no multi-line input"),
        (["-e", "#a=b"], "-e, -X, or -# accepts no comment input"),
        (["-d", "-n"], "specify one of -d -n"),
        (["-Fe", "smtp/inet/foo=n"], 'invalid service attribute name: "foo"'),
        (["-Me", "x/unix=x unix n"], 'bad field count in "x unix n"'),
        (["-Pe", "smtp/inet/x=two words"], "-Pe does not accept whitespace in parameter value"),
        (["-M#", "smtp"], "option requires service/type: 'smtp'"),
        (["-M", "smtp*"], "option requires service/type: 'smtp*'"),
        (["-M", "-h"], "with option -M, do not specify -h"),
        (["-T", "colour"], "unknown 'postconf -T' mode: colour"),
        (["-C", "foo"], 'unknown -C option value "foo" in "foo"'),
    ],
)
def test_a_request_that_makes_no_sense_changes_nothing(
    postconf: Postconf, directory: Path, arguments: list[str], reason: str
) -> None:
    assert postconf(*arguments) == (1, "", f"postconf: fatal: {reason}\n")
    assert (directory / "main.cf").read_text() == MAIN
    assert (directory / "master.cf").read_text() == MASTER


def test_defaults_need_no_files(postconf: Postconf, directory: Path) -> None:
    (directory / "main.cf").unlink()
    (directory / "master.cf").unlink()
    assert postconf("-dh", "mail_name").out == "Postroom\n"
    result = postconf("-n")
    assert (result.code, result.out) == (1, "")
    assert "main.cf: cannot be read: No such file or directory" in result.err


def test_what_cannot_be_expanded_is_fatal(postconf: Postconf, directory: Path) -> None:
    (directory / "main.cf").write_text("relayhost = $\n")
    result = postconf("-x", "relayhost")
    assert result.code == 1
    assert 'empty macro name: "$"' in result.err


def test_the_environment_names_the_directory(
    directory: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MAIL_CONFIG", str(directory))
    monkeypatch.setattr(sys, "argv", ["postconf", "-h", "relayhost"])
    assert main() == 0
    assert capsys.readouterr().out == "[a.example]:25\n"


def test_templates_of_reports_are_shown_expanded_or_as_they_are(
    postconf: Postconf, directory: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bounce.cf"
    file.write_text("delay_template = <<X\nSubject: Late\n\n$myhostname: $mine\nX\n")
    shown = postconf("-t", str(file))
    assert (shown.code, shown.err) == (0, "")
    assert "\nEOF\n\ndelay_template = <<EOF\nCharset: us-ascii\n" in shown.out
    assert "Subject: Late\n" in shown.out
    assert "\n\n$myhostname: $mine\nEOF\n\nsuccess_template = <<EOF\n" in shown.out
    with (directory / "main.cf").open("a") as main_cf:
        main_cf.write("myhostname = mail.example\n")
    expanded = postconf("-b", str(file))
    assert "EOF\n\nexpanded_delay_text = <<EOF\nmail.example: x\nEOF\n\n" in expanded.out


def test_templates_are_main_cfs_or_those_built_in(
    postconf: Postconf, directory: Path, tmp_path: Path
) -> None:
    file = tmp_path / "bounce.cf"
    file.write_text("delay_template = <<X\n\nMine.\nX\n")
    (directory / "main.cf").write_text(f"bounce_template_file = {file}\n")
    assert "Mine." in postconf("-b").out
    builtin = postconf("-b", "").out
    assert "Mine." not in builtin
    assert builtin.count("EOF\n") == 8


def test_a_template_that_bounce_could_not_use_is_refused(
    postconf: Postconf, tmp_path: Path
) -> None:
    file = tmp_path / "bounce.cf"
    file.write_text("delay_template = <<X\n\n$nosuch\nX\n")
    shown = postconf("-b", str(file))
    assert (shown.code, shown.err) == (
        1,
        f"postconf: fatal: {file}: undefined $name in delay template: $nosuch\n",
    )
    assert postconf("-b", "/nowhere").err == (
        "postconf: fatal: /nowhere: open: No such file or directory\n"
    )
    assert postconf("-b", "one", "two").code == 1
    assert postconf("-b", "-n").err == "postconf: fatal: with option -b, do not specify -n\n"


def test_every_line_of_a_service_that_stands_twice_is_shown_and_changed(
    postconf: Postconf, directory: Path
) -> None:
    twice = "a unix - - n - - smtp -o x=1\n# b\na unix - - n - - smtp\n"
    (directory / "master.cf").write_text(twice)
    assert postconf("-M").out.count("a          unix") == 2
    assert postconf("-Pe", "a/unix/x=2").code == 0
    changed = (directory / "master.cf").read_text()
    assert changed.count("-o x=2\n") == 2
    assert "\n# b\na " in changed


def test_an_edit_keeps_every_byte_of_other_lines(postconf: Postconf, directory: Path) -> None:
    odd = b"a = x\r\n\tb\f\x0b\xe2\x80\xa8\xff\n"
    (directory / "main.cf").write_bytes(odd)
    assert postconf("relayhost=b").code == 0
    assert (directory / "main.cf").read_bytes() == odd + b"relayhost = b\n"


def test_options_end_at_two_dashes(postconf: Postconf, directory: Path) -> None:
    (directory / "master.cf").write_text("a unix - - n - - smtp -o x=1 -- -o y=2\n")
    assert postconf("-P").out == "a/unix/x = 1\n"


def test_names_that_nobody_can_set_are_not_shown_as_set(
    postconf: Postconf, directory: Path
) -> None:
    (directory / "main.cf").write_text("process_name = x\n")
    assert postconf("-nh").out == f"{directory}\n"


def test_what_is_laid_over_main_cf_counts_as_set(postconf: Postconf) -> None:
    assert "biff = no\n" in postconf("-n", "-o", "biff=no").out


def test_warnings_of_names_can_be_left_out(postconf: Postconf) -> None:
    assert postconf("-n").err
    assert not postconf("-nq").err


def test_the_tls_library_is_told(postconf: Postconf) -> None:
    assert postconf("-T", "run-version").out.startswith("OpenSSL ")
    assert postconf("-T", "public-key-algorithms").out == "dsa\necdsa\nrsa\n"


def test_json_is_an_object_a_line_with_name_and_value(postconf: Postconf) -> None:
    shown = postconf("-j", "-x", "mydestination", "smtpd_banner").out
    assert [json.loads(line) for line in shown.splitlines()] == [
        {"name": "mydestination", "value": "a, b c"},
        {"name": "smtpd_banner", "value": "x ESMTP"},
    ]


def test_json_of_services_names_their_fields(postconf: Postconf) -> None:
    (line,) = postconf("-M", "-j", "smtp").out.splitlines()
    assert json.loads(line) == {
        "service": "smtp",
        "type": "inet",
        "private": "n",
        "unprivileged": "-",
        "chroot": "y",
        "wakeup": "-",
        "process_limit": "-",
        "command": "smtpd -o smtpd_timeout=5 -o {mynetworks=10.0.0.0/8, [::1]/128}",
    }
    (chroot,) = postconf("-Fj", "smtp/inet/chroot").out.splitlines()
    assert json.loads(chroot) == {
        "service": "smtp",
        "type": "inet",
        "field": "chroot",
        "value": "y",
    }
    (timeout,) = postconf("-Pj", "smtp/inet/smtpd_timeout").out.splitlines()
    assert json.loads(timeout) == {
        "service": "smtp",
        "type": "inet",
        "parameter": "smtpd_timeout",
        "value": "5",
    }


@pytest.mark.parametrize("other", ["-f", "-h", "-H", "-e"])
def test_json_is_for_showing_and_whole(postconf: Postconf, other: str) -> None:
    assert postconf("-j", other, "mydestination=x").code == 1


def test_types_of_authentication_are_those_that_act(postconf: Postconf) -> None:
    """smtpd refuses to start with another; the clients' own go by the name of the default."""
    assert postconf("-a").out == "dovecot\n"
    assert postconf("-A").out == "cyrus\n"


def test_a_value_that_cannot_be_expanded_is_named_by_what_is_wrong(
    postconf: Postconf, directory: Path
) -> None:
    with (directory / "main.cf").open("a") as file:
        file.write("relayhost = ${a?{b}c}\n")
    result = postconf("-x", "relayhost")
    assert (result.code, result.out) == (1, "")
    assert result.err.splitlines()[-2:] == [
        'postconf: warning: ":" expected at: "...a?{b}>>>c"',
        "postconf: fatal: macro processing error",
    ]
