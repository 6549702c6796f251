"""What a probe and a trace of real mail found, told to who asked."""

from postroom.contracts.bounce import Kind, Unwanted
from postroom.mail.envelope import Notify, Recipient
from postroom.mail.status import Outcome, Reach
from unit.bounce.telling import ID, groups, question, tell


def test_a_probe_is_told_who_could_be_reached_and_by_whom() -> None:
    found = (
        Outcome(0, "2.0.0", "delivers to mailbox", "local"),
        Outcome(0, "5.1.1", 'unknown user: "b"', "local"),
        Outcome(0, "4.4.1", "connect to mx[192.0.2.2]:25: Connection timed out"),
    )
    recipient = Recipient("b@two.example", "team@two.example", notify=(Notify.NEVER,))
    told = tell(question(Kind.TRACE, found, recipient, trace="verify"))
    assert told.report["Subject"] == "Mail Delivery Status Report"
    _, *about = groups(told.report)
    assert [one["Action"] for one in about] == ["deliverable", "undeliverable", "undeliverable"]
    assert [one["Status"] for one in about] == ["2.0.0", "5.1.1", "4.4.1"]
    assert about[0]["Diagnostic-Code"] == "X-Postroom; delivery via local: delivers to mailbox"
    text = " ".join(next(told.report.iter_parts()).get_content().split())
    whom = "<b@two.example> (expanded from <team@two.example>)"
    assert f"{whom}: delivery via local: delivers to mailbox" in text
    assert list(told.report.iter_parts())[2].get_content_type() == "text/rfc822-headers"
    assert "sender delivery status notification" in told.journal.lines[0]


def test_a_trace_of_real_mail_says_what_the_first_attempt_did() -> None:
    done = (
        Outcome(0, "2.0.0", "delivered to mailbox", "local"),
        Outcome(0, "2.0.0", "250 ok", "mx[192.0.2.2]:25", "mx", "250 ok", reach=Reach.RELAYED),
        Outcome(0, "4.4.1", "connect to mx[192.0.2.2]:25: Connection timed out"),
        Outcome(0, "5.1.1", 'unknown user: "b"', "local"),
    )
    _, *about = groups(tell(question(Kind.TRACE, done, trace="verbose")).report)
    actions = [one["Action"] for one in about]
    assert actions == ["delivered", "relayed", "delayed", "failed"]


def test_nobody_gets_the_trace_of_a_message_from_nobody() -> None:
    told = tell(question(Kind.TRACE, sender="", trace="verify"), notify_classes=("2bounce",))
    assert told.answer == Unwanted()
    assert told.journal.lines == [
        f"{ID}: not sending trace/success notification for single-bounce message"
    ]
