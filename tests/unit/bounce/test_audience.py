"""Who hears of it: the sender, the postmaster, or nobody."""

import pytest

from postroom.contracts.bounce import Kind, Sent, Unwanted
from postroom.contracts.cleanup import Refused
from postroom.mail.envelope import Notify, Recipient
from unit.bounce.telling import ID, groups, question, tell


@pytest.mark.parametrize(
    ("kind", "notify", "is_told"),
    [
        (Kind.FAILURE, (), True),
        (Kind.DELAY, (), True),
        (Kind.FAILURE, (Notify.NEVER,), False),
        (Kind.FAILURE, (Notify.SUCCESS, Notify.DELAY), False),
        (Kind.FAILURE, (Notify.FAILURE,), True),
        (Kind.DELAY, (Notify.FAILURE,), False),
    ],
)
def test_nobody_is_told_what_he_did_not_want(
    kind: Kind, notify: tuple[Notify, ...], is_told: bool
) -> None:
    told = tell(question(kind, recipient=Recipient("b@two.example", notify=notify)))
    assert isinstance(told.answer, Sent) is is_told
    assert bool(told.journal.lines) is is_told


def test_mail_from_nobody_is_not_returned() -> None:
    told = tell(question(sender=""))
    assert told.answer == Unwanted()
    assert not told.queued
    assert told.journal.lines == []


@pytest.mark.parametrize("notify_class", ["2bounce", "bounce"])
def test_mail_from_nobody_goes_to_the_postmaster_who_wants_it(notify_class: str) -> None:
    told = tell(question(sender=""), notify_classes=(notify_class,))
    envelope, content = told.queued[0]
    assert envelope.sender == "double-bounce@host.example"
    assert envelope.recipients == (Recipient("postmaster"),)
    assert told.report["Subject"] == "Postmaster Copy: Undelivered Mail"
    assert b"body\r\n" in content
    assert "postmaster non-delivery notification" in told.journal.lines[0]
    assert groups(told.report)[0]["X-Postroom-Sender"] == "rfc822; MAILER-DAEMON@origin.example"


def test_a_double_bounce_is_the_end() -> None:
    asked = question(sender="double-bounce@host.example")
    told = tell(asked, notify_classes=("bounce", "2bounce"))
    assert told.answer == Unwanted()
    assert told.journal.lines == [f"warning: {ID}: undeliverable postmaster notification discarded"]


def test_a_delayed_double_bounce_is_kept_without_a_word() -> None:
    asked = question(Kind.DELAY, sender="double-bounce@host.example")
    told = tell(asked, notify_classes=("bounce", "2bounce", "delay"))
    assert told.answer == Unwanted()
    assert told.journal.lines == []


def test_the_postmaster_sees_whom_the_sender_does_not_want_to_hear_of() -> None:
    asked = question(recipient=Recipient("b@two.example", notify=(Notify.NEVER,)))
    told = tell(asked, notify_classes=("bounce",))
    ((envelope, _),) = told.queued
    assert envelope.recipients == (Recipient("postmaster"),)
    assert groups(told.report)[1]["Final-Recipient"] == "rfc822; b@two.example"


def test_the_postmaster_gets_no_excuses() -> None:
    told = tell(question(sender=""), notify_classes=("2bounce",))
    assert next(told.report.iter_parts()).get_content().startswith("\r\n<b@two.example>: host")
    assert told.report["Auto-Submitted"] == "auto-generated"


def test_a_curious_postmaster_gets_the_header_of_each_bounce() -> None:
    told = tell(question(), notify_classes=("bounce",))
    assert [envelope.recipients[0].address for envelope, _ in told.queued] == [
        "a@one.example",
        "postmaster",
    ]
    assert b"body\r\n" not in told.queued[1][1]


def test_a_report_refused_for_good_goes_to_the_postmaster_who_wants_it() -> None:
    told = tell(
        question(),
        Refused(554, "5.4.0", "no"),
        refuse_if=b"To: a@one.example",
        notify_classes=("2bounce",),
    )
    ((envelope, content),) = told.queued
    assert envelope.sender == "double-bounce@host.example"
    assert envelope.recipients == (Recipient("postmaster"),)
    assert b"body\r\n" not in content
    assert isinstance(told.answer, Sent)
    assert told.journal.lines[-1].startswith(f"{ID}: postmaster non-delivery notification: ")


def test_a_postmaster_report_refused_for_good_ends_there() -> None:
    told = tell(question(sender=""), Refused(554, "5.4.0", "no"), notify_classes=("2bounce",))
    assert told.answer == Unwanted()
    assert not told.queued
    assert "undeliverable notification discarded" in told.journal.lines[-1]
