"""sendmail understands the command lines that programs really use."""

import pytest

from postroom.commands.sendmail.options import Bad, Mode, parse

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
    ("-m -U root", ("root",)),
    ("-odb -odq -oee -om -oQ/x -v -G -hN -Ac -O k=v -p x -r S -oi -- -weird@x", ("-weird@x",)),
]


@pytest.mark.parametrize(("call", "recipients"), CALLS)
def test_calls_of_known_programs_deliver_to_their_recipients(
    call: str, recipients: tuple[str, ...]
) -> None:
    options = parse("sendmail", call.split())
    assert options.mode == Mode.DELIVER
    assert options.warnings == []
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
        ("sendmail", ["-q30m"], Mode.DAEMON, ()),
        ("sendmail", ["-bh"], Mode.NOTHING, ()),
    ],
)
def test_options_or_the_name_of_the_program_choose_another_mode(
    program: str, words: list[str], mode: str, flush: tuple[str, ...]
) -> None:
    options = parse(program, words)
    assert options.mode == mode
    assert options.flush == flush


@pytest.mark.parametrize(
    "call",
    [
        *("-Z", "-d0.1", "-bX", "-ba x", "-f", "-t -f", "-qSx", "-qI", "-qR", "-qx", "-n x"),
        *("-B 9BIT x", "-X /dev/null x", "-bp x", "-q x", "-bs x", "-bd x", "-bi x"),
        *("-bp -t", "-q -t", "-bs -t"),
    ],
)
def test_what_postfix_refuses_is_refused(call: str) -> None:
    with pytest.raises(Bad):
        parse("sendmail", call.split())


@pytest.mark.parametrize(
    ("call", "verp"),
    [
        ("x", False),
        ("-XV x", True),
        ("-XV-= x", "-="),
        ("-X V-= x", "-="),
        ("-iXV-= x", "-="),
        ("-iXV x", ""),
        ("-XV -XVab x", "ab"),
        ("-XVab -XV x", True),
    ],
)
def test_return_paths_that_vary_are_asked_for(call: str, verp: bool | str) -> None:
    options = parse("sendmail", call.split())
    assert options.verp == verp
    assert options.recipients == ("x",)
    assert options.warnings == []


@pytest.mark.parametrize(
    ("call", "verp", "recipients"),
    [
        ("-V+= x", "+=", ("x",)),
        ("-V xy", True, ("xy",)),
    ],
)
def test_the_option_of_old_is_warned_of(
    call: str, verp: bool | str, recipients: tuple[str, ...]
) -> None:
    """Where it could be an envelope id of two characters, it is taken for what it was before."""
    options = parse("sendmail", call.split())
    assert options.verp == verp
    assert options.envid == ""
    assert options.recipients == recipients
    assert "deprecated" in options.warnings[0]


@pytest.mark.parametrize("call", ["-V id1 x", "-Vid1 x", "-iVid x"])
def test_other_envelope_ids_are_taken_for_what_they_are(call: str) -> None:
    options = parse("sendmail", call.split())
    assert options.envid.startswith("id")
    assert options.verp is False


def test_the_first_other_word_ends_the_options() -> None:
    options = parse("sendmail", ["-i", "a", "-f", "b"])
    assert options.sender is None
    assert options.recipients == ("a", "-f", "b")


@pytest.mark.parametrize(
    ("word", "recipients"),
    [
        ("a,b@x.test", ("a", "b@x.test")),
        ("Bob B. <bob@x.test>", ("bob@x.test",)),
        ("bob@x.test (Bob)", ("bob@x.test",)),
        ("team: a, b;", ("a", "b")),
        ("a b", ("a", "b")),
        ('"a b"@x.test', ("a b@x.test",)),
        ("héllo@x.test", ("héllo@x.test",)),
        ("|cat", ("|cat",)),
        ("", ("",)),
    ],
)
def test_recipients_are_written_as_in_a_header(word: str, recipients: tuple[str, ...]) -> None:
    assert parse("sendmail", [word]).recipients == recipients


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        ("", ""),
        ("<>", ""),
        ("me", "me"),
        ("<me@x.test>", "me@x.test"),
        ("Me <me@x.test>", "me@x.test"),
        ("me@x.test (Me)", "me@x.test"),
        ('"a b"@x.test', "a b@x.test"),
        ("(nobody)", ""),
    ],
)
def test_a_sender_is_written_as_in_a_header(text: str, sender: str) -> None:
    options = parse("sendmail", ["-f", text, "x"])
    assert options.sender == sender
    assert options.warnings == []


@pytest.mark.parametrize(
    "call",
    ["-f a,b x", "-N sometimes x", "-N never,failure x", "-R half x", "-V é x", "-N , x"],
)
def test_a_bad_value_that_mail_can_do_without_is_left_out_with_a_warning(call: str) -> None:
    options = parse("sendmail", call.split())
    assert len(options.warnings) == 1
    assert (options.notify, options.ret, options.envid) == ("", "", "")
    assert options.recipients == ("x",)


@pytest.mark.parametrize("notices", ["Success,delay", "success, DELAY,,success", " success delay"])
def test_delivery_notices_may_be_written_in_any_way(notices: str) -> None:
    options = parse("sendmail", ["-N", notices, "-R", "hdrs", "-V", "id+1", "x"])
    assert (options.notify, options.ret, options.envid) == ("SUCCESS,DELAY", "HDRS", "id+1")


def test_newaliases_takes_the_file_that_an_option_names() -> None:
    assert parse("newaliases", ["-oA/srv/aliases"]).aliases == "/srv/aliases"


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
def test_a_report_is_asked_for_with_bv_and_with_v(call: str, mode: str, trace: str) -> None:
    options = parse("sendmail", call.split())
    assert (options.mode, options.trace) == (mode, trace)
