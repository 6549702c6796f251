"""What a command line says, and what is answered where it says nothing."""

import pytest

from postroom.esmtp.command import (
    Bdat,
    Command,
    Data,
    Ehlo,
    Etrn,
    Helo,
    Mail,
    Noop,
    Quit,
    Rcpt,
    Rset,
    Unknown,
    Vrfy,
)
from postroom.esmtp.command_parser import parse_command, verb_of
from postroom.esmtp.extensions import Extensions, switched_off
from postroom.esmtp.parameters import Refused
from postroom.mail.envelope import Notify

LENIENT = Extensions(size_limit=1000)


@pytest.mark.parametrize(
    ("line", "command"),
    [
        ("HELO host", Helo("host")),
        ("ehlo  [192.0.2.1] ", Ehlo("[192.0.2.1]")),
        ("MAIL FROM:<>", Mail("")),
        ("mail from:<a@example.org>", Mail("a@example.org")),
        ("MAIL FROM: <a@example.org>", Mail("a@example.org")),
        ("MAIL FROM:a@example.org", Mail("a@example.org")),
        ("MAIL FROM:< a@example.org\t>", Mail("a@example.org")),
        ("MAIL FROM:<<a@example.org>> SIZE=5", Mail("a@example.org", 5)),
        ("MAIL FROM:< <a@example.org> >", Mail("a@example.org")),
        ("MAIL FROM:<<>>", Mail("")),
        ("RCPT TO:<a@b@c.example>", Rcpt("a@b@c.example")),
        ("MAIL\tFROM:<a@example.org>", Mail("a@example.org")),
        ('MAIL FROM:<"a <b>"@example.org> SIZE=5', Mail("a <b>@example.org", 5)),
        ("MAIL FROM:<@x,@y:a@example.org>", Mail("a@example.org")),
        (
            "MAIL FROM:<a@example.org> SIZE=12 body=8bitmime RET=hdrs ENVID=x+2By",
            Mail("a@example.org", 12, "8BITMIME", ret="HDRS", envid="x+y"),
        ),
        ("MAIL FROM:<ä@example.org> SMTPUTF8", Mail("ä@example.org", smtputf8=True)),
        ("RCPT TO:<b@example.com>", Rcpt("b@example.com")),
        ("RCPT TO:<postmaster>", Rcpt("postmaster")),
        ("RCPT TO:<a@b.c> ORCPT=utf-8;gr+C3+A5@b.c", Rcpt("a@b.c", orcpt="utf-8;grå@b.c")),
        (
            "RCPT TO:<b@example.com> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+2Bx@example.com",
            Rcpt("b@example.com", (Notify.SUCCESS, Notify.DELAY), "rfc822;b+x@example.com"),
        ),
        ("DATA", Data()),
        ("data ", Data()),
        ("BDAT 12", Bdat(12, last=False)),
        ("bdat 0 last", Bdat(0, last=True)),
        ("RSET", Rset()),
        ("NOOP whatever", Noop()),
        ("QUIT", Quit()),
        ("VRFY someone", Vrfy("someone", "someone")),
        ("VRFY Some One <someone>", Vrfy("someone", "Some One <someone>")),
        ('VRFY "a b"@example.com', Vrfy("a b@example.com", '"a b"@example.com')),
        (
            "VRFY <ä@example.com> smtputf8",
            Vrfy("ä@example.com", "<ä@example.com>", smtputf8=True),
        ),
        ("MAIL FROM:<a@[192.0.2.1]>", Mail("a@[192.0.2.1]")),
        ("MAIL FROM:<a@[IPv6:2001:db8::1]>", Mail("a@[IPv6:2001:db8::1]")),
        ("MAIL FROM:<a@9.example.9x>", Mail("a@9.example.9x")),
        ("MAIL FROM:<a9>", Mail("a9")),
        ("MAIL FROM:<a@b.c> AUTH=+ZZ", Mail("a@b.c")),
        ("ETRN example.com", Etrn("example.com")),
        ("ETRN @example.com", Etrn("example.com")),
        ("EXPN list", Unknown("EXPN", "EXPN list")),
    ],
)
def test_a_line_becomes_the_command_that_it_means(line: str, command: Command) -> None:
    assert parse_command(line.encode(), LENIENT) == command


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        ("HELO", "501 Syntax: HELO hostname"),
        ("EHLO ", "501 Syntax: EHLO hostname"),
        ("MAIL", "501 5.5.4 Syntax: MAIL FROM:<address>"),
        ("MAIL FROM", "501 5.5.4 Syntax: MAIL FROM:<address>"),
        ("MAIL FROM:", "501 5.5.4 Syntax: MAIL FROM:<address>"),
        ("MAIL FROM:<a@b", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<<a@b>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<<<a@b>>>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<a@b>x", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<a@[192.0.2]>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<a@[mail.example]>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<a@[2001:db8::1]>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<a@192.0.2.1>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<a@b.c> AUTH", "555 5.5.4 Unsupported option: AUTH"),
        ("RCPT TO:<a@b", "501 5.1.3 Bad recipient address syntax"),
        ("AUTH", "503 5.5.1 Error: authentication not enabled"),
        ("MAIL FROM:<a@-b>", "501 5.1.7 Bad sender address syntax"),
        ("MAIL FROM:<a@ä.c>", "501 5.1.7 Bad sender address syntax"),
        ("VRFY a@ä.c", "501 5.1.3 Bad recipient address syntax"),
        ("MAIL FROM:<> SIZE=", "501 5.5.4 Bad message size syntax"),
        ("MAIL FROM:<> SIZE=-1", "501 5.5.4 Bad message size syntax"),
        ("MAIL FROM:<> SIZE=²", "501 5.5.4 Bad message size syntax"),
        ("MAIL FROM:<> SIZE=1 SIZE=2", "501 5.5.4 Bad message size syntax"),
        (
            f"MAIL FROM:<> SIZE={'9' * 3000}",
            "552 5.3.4 Message size exceeds file system imposed limit",
        ),
        ("MAIL FROM:<> BODY=BINARYMIME", "555 5.5.4 Unsupported option: BODY=BINARYMIME"),
        ("MAIL FROM:<> RET=ALL", "501 5.5.4 Bad RET parameter syntax"),
        ("MAIL FROM:<> ENVID=a+00", "501 5.5.4 Bad ENVID parameter syntax"),
        ("MAIL FROM:<> ENVID=a+0Ab", "501 5.5.4 Bad ENVID parameter syntax"),
        ("MAIL FROM:<> ENVID=a+2b", "501 5.5.4 Bad ENVID parameter syntax"),
        ("MAIL FROM:<> FOO=1", "555 5.5.4 Unsupported option: FOO=1"),
        ("RCPT TO:", "501 5.5.4 Syntax: RCPT TO:<address>"),
        ("MAIL FROM:<-x@example.net>", "501 5.1.7 Bad sender address syntax"),
        ("RCPT TO:<-x@example.net>", "501 5.1.3 Bad recipient address syntax"),
        ("RCPT TO:<>", "501 5.1.3 Bad recipient address syntax"),
        ("RCPT TO:<a@b..c>", "501 5.1.3 Bad recipient address syntax"),
        ("RCPT TO:<a@b.c> NOTIFY=NEVER,DELAY", "501 5.5.4 Error: Bad NOTIFY parameter syntax"),
        ("RCPT TO:<a@b.c> ORCPT=rfc822", "501 5.5.4 Error: Bad ORCPT parameter syntax"),
        ("RCPT TO:<a@b.c> ORCPT=utf-8;a+C3", "501 5.5.4 Error: Bad ORCPT parameter syntax"),
        ("RCPT TO:<a@b.c> ORCPT=utf-8;a+C2+85", "501 5.5.4 Error: Bad ORCPT parameter syntax"),
        ("RCPT TO:<a@b.c> ORCPT=rfc822;a+00", "501 5.5.4 Error: Bad ORCPT parameter syntax"),
        ("DATA now", "501 5.5.4 Syntax: DATA"),
        ("RSET now", "501 5.5.4 Syntax: RSET"),
        ("BDAT", "521 5.5.4 Syntax: BDAT count [LAST]"),
        ("BDAT -5", "521 5.5.4 Syntax: BDAT count [LAST]"),
        ("BDAT 5 LATE", "521 5.5.4 Syntax: BDAT count [LAST]"),
        ("BDAT 0", "551 5.7.1 Null BDAT request"),
        ("VRFY", "501 5.5.4 Syntax: VRFY address [SMTPUTF8]"),
        ("VRFY SMTPUTF8", "501 5.5.4 Syntax: VRFY address [SMTPUTF8]"),
        ("VRFY a b", "501 5.1.3 Bad recipient address syntax"),
        ("VRFY <>", "501 5.1.3 Bad recipient address syntax"),
        ("VRFY <a", "501 5.1.3 Bad recipient address syntax"),
        ("ETRN", "500 Syntax: ETRN domain"),
        ("ETRN -x", "501 Error: invalid parameter syntax"),
        ("", "500 5.5.2 Error: bad syntax"),
        (" ", "500 5.5.2 Error: bad syntax"),
        ("NOOP \0", "500 5.5.2 Error: bad syntax"),
    ],
)
def test_what_is_no_command_is_refused_in_postfix_s_words(line: str, reply: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_command(line.encode(), LENIENT)
    assert refused.value.reply.line == reply


def test_broken_utf8_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        parse_command(b"MAIL FROM:<\xff@b.c>", LENIENT)
    assert refused.value.reply.line == "500 5.5.2 Error: bad UTF-8 syntax"


@pytest.mark.parametrize(
    ("line", "lenient", "strict"),
    [
        ("MAIL FROM:<ä@b.c>", "", "553 5.6.7 Must declare SMTPUTF8 to send unicode address"),
        ("MAIL FROM:<a@ä.c>", *["501 5.1.7 Bad sender address syntax"] * 2),
        ("MAIL FROM:<ä@b.c> SMTPUTF8", "", ""),
        ("MAIL FROM:<a@ä.c> SMTPUTF8", "", ""),
        ("VRFY ä@b.c", "", "553 5.6.7 Must declare SMTPUTF8 to send unicode address"),
        ("VRFY a@ä.c", *["501 5.1.3 Bad recipient address syntax"] * 2),
    ],
)
def test_undeclared_utf8_is_taken_in_a_local_part_where_main_cf_is_not_strict(
    line: str, lenient: str, strict: str
) -> None:
    """What Postfix 3.10 does (strict_smtputf8)."""
    replies = []
    for extensions in (LENIENT, Extensions(strict_utf8=True)):
        try:
            parse_command(line.encode(), extensions)
        except Refused as refused:
            replies.append(refused.reply.line)
        else:
            replies.append("")
    assert replies == [lenient, strict]


@pytest.mark.parametrize("line", ["MAIL FROM:a@b.c", "RCPT TO:a@b.c", "RCPT TO: a@b.c"])
def test_strict_envelopes_have_brackets(line: str) -> None:
    parse_command(line.encode(), LENIENT)
    with pytest.raises(Refused):
        parse_command(line.encode(), Extensions(strict=True))


def test_strict_envelopes_may_have_a_space_in_front() -> None:
    """As with Postfix, and against RFC 5321 section 3.3."""
    assert parse_command(b"MAIL FROM: <a@b.c>", Extensions(strict=True)) == Mail("a@b.c")


def test_ip_addresses_are_domains_where_main_cf_says_so() -> None:
    extensions = Extensions(numeric_domain=True)
    assert parse_command(b"MAIL FROM:<a@192.0.2.1>", extensions) == Mail("a@192.0.2.1")


def test_what_is_not_offered_is_not_taken() -> None:
    bare = Extensions(**switched_off(["DSN", "smtputf8", "Chunking", "nonsense"]))
    for line in ("MAIL FROM:<> RET=FULL", "MAIL FROM:<> SMTPUTF8", "BDAT 1 LAST"):
        with pytest.raises(Refused):
            parse_command(line.encode(), bare)
    assert bare.keywords == (
        "PIPELINING",
        "SIZE",
        "VRFY",
        "ETRN",
        "ENHANCEDSTATUSCODES",
        "8BITMIME",
    )


@pytest.mark.parametrize(
    ("line", "verb"),
    [(b"mail x", "MAIL"), (b"\tMAIL", "MAIL"), (b"", "UNKNOWN"), (b"\xff", "UNKNOWN")],
)
def test_a_refused_line_is_counted_for_its_command(line: bytes, verb: str) -> None:
    assert verb_of(line) == verb
