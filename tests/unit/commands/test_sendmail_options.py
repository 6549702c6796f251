"""sendmail understands the command lines that programs really use."""

import pytest

from postroom.commands.sendmail_options import Bad, Mode, parse

# Captured from the programs that make them.
CALLS = [
    ("-FCronDaemon -i -B8BITMIME -oem root", ("root",)),
    ("-i root", ("root",)),
    ("-FAnacron -odi root", ("root",)),
    ("-oi logcheck", ("logcheck",)),
    ("-i -t", ()),
    ("-i -t -f me@x.test", ()),
    ("-oi -f root@vm -t", ()),
    ("-i -- root", ("root",)),
    ("-oem -oi -B8BITMIME -f S -N failure,delay -R hdrs -- R", ("R",)),
    ("-t -i -fbounce@x.test", ()),
    ("-t", ()),
    ("-oi -odi -oem -N success,delay,failure -V00000000id -- R S", ("R", "S")),
    ("-n -m -U root", ("root",)),
    ("-odb -odq -oee -om -oQ/x -v -G -hN -Ac -O k=v -p x -r S -oi -- -weird@x", ("-weird@x",)),
]


@pytest.mark.parametrize(("call", "recipients"), CALLS)
def test_calls_of_known_programs_deliver_to_their_recipients(
    call: str, recipients: tuple[str, ...]
) -> None:
    options = parse("sendmail", call.split())
    assert options.mode is Mode.DELIVER
    assert options.recipients == recipients


def test_an_empty_sender_is_the_null_sender_and_none_the_caller() -> None:
    assert parse("sendmail", ["-f", "", "x"]).sender == ""
    assert parse("sendmail", ["x"]).sender is None


def test_a_dot_ends_the_message_unless_told_otherwise() -> None:
    assert parse("sendmail", ["x"]).dot_ends
    assert not parse("sendmail", ["-oi", "x"]).dot_ends
    assert not parse("sendmail", ["-ti"]).dot_ends


@pytest.mark.parametrize(
    ("program", "words", "mode", "flush"),
    [
        ("mailq", [], Mode.LIST_QUEUE, ()),
        ("newaliases", [], Mode.BUILD_ALIASES, ()),
        ("sendmail", ["-bp"], Mode.LIST_QUEUE, ()),
        ("sendmail", ["-bi"], Mode.BUILD_ALIASES, ()),
        ("sendmail", ["-bs"], Mode.SMTP, ()),
        ("sendmail", ["-q"], Mode.FLUSH_QUEUE, ("-f",)),
        ("sendmail", ["-qI65A1B2C3D4E5F"], Mode.FLUSH_QUEUE, ("-i", "65A1B2C3D4E5F")),
        ("sendmail", ["-qRexample.org"], Mode.FLUSH_QUEUE, ("-s", "example.org")),
        ("sendmail", ["-bd", "-q30m"], Mode.DAEMON, ()),
    ],
)
def test_other_modes(program: str, words: list[str], mode: Mode, flush: tuple[str, ...]) -> None:
    options = parse(program, words)
    assert options.mode is mode
    assert options.flush == flush


@pytest.mark.parametrize("words", [["-Z"], ["-d0.1"], ["-bX"], ["-f"], ["-qSx"]])
def test_what_sendmail_does_not_know_is_refused(words: list[str]) -> None:
    with pytest.raises(Bad):
        parse("sendmail", words)


@pytest.mark.parametrize(
    ("call", "mode", "trace"),
    [
        ("x", Mode.DELIVER, ""),
        ("-v x", Mode.DELIVER, "verbose"),
        ("-vt", Mode.DELIVER, "verbose"),
        ("-bv x", Mode.DELIVER, "verify"),
        ("-bv -v x", Mode.DELIVER, "verify"),
        ("-v -bv x", Mode.DELIVER, "verify"),
        ("-v -q", Mode.FLUSH_QUEUE, "verbose"),
    ],
)
def test_a_report_is_asked_for_with_bv_and_with_v(call: str, mode: Mode, trace: str) -> None:
    options = parse("sendmail", call.split())
    assert (options.mode, options.trace) == (mode, trace)
