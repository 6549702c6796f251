"""header_checks(5) for mail that comes in; what is expected is what Postfix 3.10 does."""

from typing import Any

import pytest

from postroom.contracts.cleanup import Begin, Chunk, End, Handling, Queued, Ready, Refused, Submit
from postroom.mail.envelope import Envelope, Notify, Recipient, Upstream
from unit.cleanup.checks import PEER, WHO, body, header, rules, told
from unit.cleanup.peers import Bench
from unit.cleanup.stories import ID, envelope, local, run, stored, submit, without_received

MESSAGE = b"From: a@one.example\r\nSubject: x\r\nX-Last: y\r\n\r\nfirst\r\nx\r\nlast\r\n"


@pytest.mark.parametrize(
    ("action", "answer"),
    [
        ("REJECT", Refused(550, "5.7.1", "message content rejected", logged=True)),
        ("reject go away", Refused(550, "5.7.1", "go away", logged=True)),
        ("REJECT 5.1.2 go away", Refused(550, "5.1.2", "go away", logged=True)),
        ("REJECT 4.1.2 later", Refused(451, "4.1.2", "later", logged=True)),
        ("REJECT 2.1.2 later", Refused(451, "4.1.2", "later", logged=True)),
        ("REJECT 5.1.2", Refused(550, "5.1.2", "", logged=True)),
    ],
)
@pytest.mark.parametrize("where", [header, body])
def test_what_a_table_rejects_is_refused_and_told_once(
    where: Any, action: str, answer: Refused
) -> None:
    got, here = submit(envelope(), MESSAGE, **where(action))
    assert got == answer
    assert here.qmgr.stored == {}
    what = "header Subject: x" if where is header else "body x"
    *_, rejected, canceled = told(here)
    assert rejected == f"reject: {what} {PEER}: {answer.code} {answer.text}"
    assert canceled == "removed (canceled)"
    assert len(told(here)) == (3 if "2.1.2" in action else 2)


def test_of_a_message_from_a_content_filter_the_log_names_who_sent_it_there() -> None:
    up = Upstream("up.example[192.0.2.9]", "up.example", "192.0.2.9", 99, "other.example", "SMTP")
    _, here = submit(envelope(forwarded=up), MESSAGE, **header("WARN"))
    assert told(here)[-1] == (
        "warning: header Subject: x from up.example[192.0.2.9]; "
        "from=<a@one.example> to=<b@two.example> proto=SMTP helo=<other.example>"
    )
    # The header is where the next host looks for us.
    ((stored_as, content),) = here.qmgr.stored.values()
    assert stored_as.upstream == up
    assert b"from helo.example (client.example [192.0.2.1])" in content


@pytest.mark.parametrize(
    ("action", "line"),
    [
        ("WARN", "warning: {} {}"),
        ("WARN look", "warning: {} {}: look"),
        ("INFO look", "info: {} {}: look"),
        ("PASS", "pass: {} {}"),
        ("DUNNO", ""),
        ("OK", ""),
        ("HOLD look", "hold: {} {}: look"),
        ("FILTER scan:x", "filter: {} {}: scan:x"),
        ("BCC c@d.example", "bcc: {} {}: c@d.example"),
        ("REDIRECT c@d.example", "redirect: {} {}: c@d.example"),
        ("FROBNICATE it", "warning: unknown command in {}_checks map: FROBNICATE it"),
        ("550 no", "warning: unknown command in {}_checks map: 550 no"),
        ("FILTER", "warning: missing FILTER command argument in {}_checks map"),
        (
            "FILTER scan",
            "warning: bad FILTER command scan in {}_checks -- need transport:destination",
        ),
        (
            "REDIRECT c",
            'warning: bad REDIRECT target "c" in {}_checks map -- need user@domain',
        ),
        ("BCC c", 'warning: bad BCC address "c" in {}_checks map -- need user@domain'),
        ("PREPEND", "warning: PREPEND action without text in {}_checks map"),
        ("REPLACE", "warning: REPLACE action without text in {}_checks map"),
    ],
)
@pytest.mark.parametrize("where", [header, body])
def test_content_stays_where_only_its_way_is_changed(where: Any, action: str, line: str) -> None:
    answer, here = submit(envelope(), MESSAGE, **where(action))
    assert answer == Queued(ID)
    assert without_received(here.qmgr.stored[ID][1]) == MESSAGE
    what = "header Subject: x" if where is header else "body x"
    kind = what.split(maxsplit=1)[0]
    expected = line.format(kind) if "_checks" in line else line.format(what, PEER)
    assert told(here) == ([expected] if line else [])


@pytest.mark.parametrize(
    ("action", "became", "line"),
    [
        ("IGNORE", b"", ""),
        ("STRIP gone", b"", "strip: header Subject: x {}: gone"),
        ("REPLACE X-New: y", b"X-New: y\r\n", "replace: header Subject: x {}: X-New: y"),
        ("REPLACE Bcc: y", b"", "replace: header Subject: x {}: Bcc: y"),
        (
            "PREPEND Bcc: y",
            b"Bcc: y\r\nSubject: x\r\n",
            "prepend: header Subject: x {}: Bcc: y",
        ),
    ],
)
def test_headers_are_changed(action: str, became: bytes, line: str) -> None:
    """A header in the place of another is treated like any; one in front of it is left alone."""
    _, here = submit(envelope(), MESSAGE, **header(action))
    expected = MESSAGE.replace(b"Subject: x\r\n", became)
    assert without_received(here.qmgr.stored[ID][1]) == expected
    assert told(here) == ([line.format(PEER)] if line else [])


@pytest.mark.parametrize(
    ("action", "became"),
    [
        ("IGNORE", b""),
        ("STRIP", b""),
        ("REPLACE .y", b"..y\r\n"),
        ("PREPEND .", b"..\r\nx\r\n"),
    ],
)
def test_lines_are_changed(action: str, became: bytes) -> None:
    """What a table writes may not end the message early."""
    _, content = stored(envelope(), MESSAGE, **body(action))
    assert without_received(content) == MESSAGE.replace(b"\r\nx\r\n", b"\r\n" + became)


def test_a_header_without_name_is_not_written() -> None:
    for action in ("PREPEND no header", "REPLACE no header"):
        answer, here = submit(envelope(), MESSAGE, **header(action))
        assert answer == Queued(ID)
        assert without_received(here.qmgr.stored[ID][1]) == MESSAGE
        assert "need" in told(here)[0]


def test_a_folded_header_is_one_text_and_stays_one_when_it_is_written_anew() -> None:
    checks = rules("/^X-A: (.*)$/ REPLACE X-B: $1", "/^X-C:[[:space:]]+(.*)$/ REPLACE X-D: $1")
    text = b"X-A : 1\r\n 2\r\n\t3\r\nX-C:\r\n\t4\r\n\t5\r\n\r\n"
    _, content = stored(envelope(), text, header_checks=checks)
    assert without_received(content) == b"X-B: 1\r\n 2\r\n\t3\r\nX-D: 4\r\n\t5\r\n\r\n"


def test_our_own_received_can_be_changed_too() -> None:
    _, content = stored(envelope(), MESSAGE, header_checks=rules("/^Received:/ IGNORE"))
    assert content == MESSAGE
    _, content = stored(
        envelope(),
        MESSAGE,
        header_checks=rules(r"/^(Received:).*[[:space:]](by .*)$/ REPLACE $1 $2"),
    )
    assert content.startswith(b"Received: by host.example (Postroom) with ESMTP id ")


def test_what_is_ignored_is_missing_and_what_is_dropped_is_seen_before() -> None:
    checks = rules("/^Message-ID:/ IGNORE", "/^Bcc:/ WARN")
    text = b"Message-ID: <theirs>\r\nBcc: x\r\n\r\n"
    _, here = submit(local(), text, header_checks=checks)
    content = here.qmgr.stored[ID][1]
    assert b"theirs" not in content
    assert b"\r\nMessage-Id: <" in content
    assert b"Bcc" not in content
    assert told(here) == [
        "warning: header Bcc: x from local; from=<a@one.example> to=<b@two.example>"
    ]


def test_hops_that_are_ignored_are_not_counted() -> None:
    text = b"Received: x\r\n" * 60 + b"\r\n"
    assert submit(envelope(), text, header_checks=rules("/^Received: x$/ IGNORE"))[0] == Queued(ID)
    assert submit(envelope(), text, header_checks=rules("/^X:/ IGNORE"))[0] != Queued(ID)


NESTED = (
    b"Subject: x\r\nContent-Type: multipart/mixed; boundary=AA\r\n\r\nSubject: x\r\n"
    b"--AA\r\nSubject: x\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\n"
    b"Subject: x\r\n--AA--\r\n"
)


@pytest.mark.parametrize(
    ("parameter", "places"),
    [
        ("header_checks", [0]),
        ("mime_header_checks", [2]),
        ("nested_header_checks", [3]),
        ("body_checks", [1, 4]),
    ],
)
def test_each_table_is_asked_about_its_own(parameter: str, places: list[int]) -> None:
    checks: dict[str, Any] = {parameter: rules("/^Subject: x$/ REPLACE Y: z")}
    _, content = stored(envelope(), NESTED, **checks)
    words = NESTED.split(b"Subject: x")
    expected = words[0]
    for place, word in enumerate(words[1:]):
        expected += (b"Y: z" if place in places else b"Subject: x") + word
    assert without_received(content) == expected


def test_without_structure_all_that_follows_the_header_is_body() -> None:
    _, content = stored(
        envelope(),
        NESTED,
        body_checks=rules("/^Subject: x$/ IGNORE"),
        disable_mime_input_processing=True,
    )
    assert content.count(b"Subject: x") == 1


@pytest.mark.parametrize("size", [1, 7, 1000, 1 << 30])
def test_pieces_of_any_size_are_checked_as_the_whole(size: int) -> None:
    checks = {
        "header_checks": rules("/^Subject:/ IGNORE"),
        "nested_header_checks": rules("/^Subject:/ PREPEND X: y"),
        "body_checks": rules("/^Subject:/ REPLACE .y", r"/^\.x/ IGNORE", "/^a{2048}$/ WARN"),
    }
    text = NESTED.replace(b"--AA--", b"..x\r\n.." + b"a" * 5000 + b"\r\n--AA--")
    _, whole = stored(envelope(), text, **checks)

    async def story(here: Bench) -> None:
        assert await here.client.ask(Begin(ID, envelope())) == Ready()
        for at in range(0, len(text), size):
            assert await here.client.ask(Chunk(ID, text[at : at + size])) == Ready()
        assert await here.client.ask(End(ID)) == Queued(ID)

    here = run(story, **checks)
    assert here.qmgr.stored[ID][1] == whole
    assert b"..x" not in whole


def test_of_each_body_only_so_much_is_looked_at() -> None:
    text = (
        b"Content-Type: multipart/x; boundary=AA\r\n\r\nabcd\r\nabcd\r\nabcd\r\n"
        b"--AA\r\n\r\n0123\r\n..123\r\n56\r\n--AA--\r\nab\r\n"
    )
    checks: dict[str, Any] = {"body_checks": rules("/^/ IGNORE"), "body_checks_size_limit": 10}
    _, content = stored(envelope(), text, **checks)
    body = content.partition(b"\r\n\r\n")[2]
    assert body == b"abcd\r\n--AA\r\n\r\n56\r\n"


@pytest.mark.parametrize("where", [header, body])
def test_discarded_mail_is_acknowledged_and_forgotten(where: Any) -> None:
    answer, here = submit(envelope(), MESSAGE, **where("DISCARD spam"))
    assert answer == Queued(ID)
    assert here.qmgr.stored == {}
    assert told(here)[0].startswith("discard: ")
    assert told(here)[1] == "removed (discarded)"


def addressed(action: str, mail: Envelope | None = None, **settings: Any) -> Envelope:
    return stored(mail or envelope(), MESSAGE, **header(action), **settings)[0]


def test_held_mail_is_stored_with_the_wish() -> None:
    assert addressed("HOLD").hold
    assert not addressed("WARN").hold


def test_a_filter_of_a_table_counts_more_than_the_callers() -> None:
    mail = envelope(filter="scan:a")
    assert addressed("FILTER scan:b", mail).filter == "scan:b"
    assert addressed("WARN", mail).filter == "scan:a"


def test_redirected_mail_goes_to_one_address_as_it_is() -> None:
    """No alias leads it away."""
    aliases = ("inline:{joe@host.example=ann@host.example}",)
    mail = envelope("b@two.example", "c@two.example")
    recipients = addressed("REDIRECT joe@host.example", mail, virtual_alias_maps=aliases).recipients
    assert recipients == (Recipient("joe@host.example", "b@two.example"),)


def test_copies_go_the_way_of_all_addresses_and_are_told_to_nobody() -> None:
    aliases = ("inline:{{joe@host.example=ann@host.example, b@two.example}}",)
    recipients = addressed("BCC joe@host.example", virtual_alias_maps=aliases).recipients
    assert [one.address for one in recipients][:2] == ["b@two.example", "ann@host.example"]
    assert recipients[1].notify == (Notify.NEVER,)


def test_after_some_actions_no_table_is_asked() -> None:
    for action in ("PASS", "REDIRECT c@d.example", "DISCARD"):
        checks = header(action)["header_checks"] + rules("/^X-Last:/ WARN")
        _, here = submit(
            envelope(), MESSAGE, header_checks=checks, body_checks=rules("/^x$/ REJECT")
        )
        assert not any("X-Last" in line or "reject" in line for line in told(here))


def test_hold_is_told_once_and_redirect_counts_once() -> None:
    checks = header("HOLD")["header_checks"] + rules("/^X-Last:/ HOLD")
    _, here = submit(envelope(), MESSAGE, header_checks=checks)
    assert len(told(here)) == 1


def test_a_table_that_cannot_be_read_defers() -> None:
    for parameter in ("header_checks", "body_checks"):
        answer, here = submit(envelope(), MESSAGE, **{parameter: ("fail:x",)})
        assert answer == Refused(451, "4.3.0", "Error: queue file write error")
        assert told(here)[:2] == [
            f"warning: {parameter}: fail:x: this table always fails",
            f"warning: {ID}: {parameter} map lookup problem"
            " -- message not accepted, try again later",
        ]


def test_what_the_caller_exempts_is_not_looked_at() -> None:
    async def story(here: Bench) -> None:
        question = Submit(ID, envelope(), MESSAGE, Handling(checks=False))
        assert await here.client.ask(question) == Queued(ID)

    run(story, **header("REJECT"))


def test_the_last_recipient_is_the_one_that_is_shown() -> None:
    mail = local("b@two.example", "joe", sender="ann")
    _, here = submit(mail, MESSAGE, **header("WARN"))
    assert told(here) == [
        "warning: header Subject: x from local; from=<ann@host.example> to=<joe@host.example>"
    ]


EIGHT = b"Subject: \xe4\r\n\r\n\xe4\r\n"


@pytest.mark.parametrize(
    ("parameter", "content", "flaw", "shown"),
    [
        ("strict_7bit_headers", EIGHT, "header", "Subject: \ufffd"),
        ("strict_8bitmime", EIGHT, "header", "Subject: \ufffd"),
        ("strict_8bitmime_body", EIGHT, "body", "\ufffd"),
    ],
)
def test_eight_bit_content_is_refused_where_it_is_not_wanted(
    parameter: str, content: bytes, flaw: str, shown: str
) -> None:
    strict: dict[str, Any] = {parameter: True}
    answer, here = submit(envelope(), content, **strict)
    text = f"improper use of 8-bit data in message {flaw}"
    assert answer == Refused(550, "5.6.0", text, logged=True)
    assert told(here)[0] == f"reject: mime-error {text}: {shown} {WHO}"
    assert submit(envelope(), content)[0] == Queued(ID)


def test_headers_of_smtputf8_mail_may_be_beyond_ascii() -> None:
    mail = envelope(smtputf8=True)
    assert submit(mail, "X: ä\r\n\r\n".encode(), strict_7bit_headers=True)[0] == Queued(ID)


def test_parts_too_deep_are_refused_where_headers_are_checked() -> None:
    parts = (b"Content-Type: multipart/x; boundary=%d-\r\n\r\n--%d-\r\n" % (i, i) for i in range(9))
    content = b"".join(parts)
    limit: dict[str, Any] = {"mime_nesting_limit": 5}
    answer, _ = submit(envelope(), content, header_checks=rules("/^X:/ WARN"), **limit)
    assert answer == Refused(550, "5.6.0", "MIME nesting exceeds safety limit", logged=True)
    assert submit(envelope(), content, body_checks=rules("/^X:/ WARN"), **limit)[0] == Queued(ID)


@pytest.mark.parametrize("text", [b"", b"X: y\r\n", b"\r\n", b"X: y\r\n\r\n", b"body\r\n"])
def test_what_is_looked_at_and_left_alone_stays_as_it_is(text: bytes) -> None:
    _, plain = stored(envelope(), text)
    _, checked = stored(envelope(), text, header_checks=rules("/^Y:/ WARN"))
    assert checked == plain
