"""bounce at its contract's border: reports that Python's own mail parser understands."""

import os
from pathlib import Path

import pytest
from msgspec import structs

from postroom.contracts.bounce import Kind, Sent, Tell, Unwanted
from postroom.contracts.cleanup import Refused
from postroom.ipc.contract import Unavailable
from postroom.mail.envelope import Notify, Recipient
from postroom.mail.status import Outcome, Reach
from unit.bounce.telling import ID, ORIGINAL, OTHERS, RETURN_PATH, groups, question, tell, template


def test_a_failure_is_reported_to_the_sender_from_nobody() -> None:
    told = tell(question())
    envelope, _ = told.queued[0]
    assert envelope.sender == ""
    assert envelope.recipients == (Recipient("a@one.example"),)
    assert envelope.rewrite_locally
    assert isinstance(told.answer, Sent)
    assert told.journal.lines == [f"{ID}: sender non-delivery notification: {told.answer.queue_id}"]


def test_the_report_says_what_readers_and_programs_expect() -> None:
    report = tell(question()).report
    assert report["Subject"] == "Undelivered Mail Returned to Sender"
    assert report["From"] == "Mail Delivery System <MAILER-DAEMON>"
    assert report["To"] == "a@one.example"
    assert report["Auto-Submitted"] == "auto-replied"
    assert report.get_content_type() == "multipart/report"
    assert report["Content-Type"].params["report-type"] == "delivery-status"
    kinds = [part.get_content_type() for part in report.iter_parts()]
    assert kinds == ["text/plain", "message/delivery-status", "message/rfc822"]


def test_the_text_names_host_recipient_and_reason() -> None:
    text = next(tell(question()).report.iter_parts()).get_content()
    assert text.startswith(
        "This is host.example.\r\n\r\n    The mail system\r\n\r\n<b@two.example>: host"
    )
    assert "<b@two.example>: host mx.two.example[192.0.2.2] said:" in text
    assert max(map(len, text.splitlines())) <= 78


def test_the_status_part_has_the_fields_of_rfc_3464() -> None:
    recipient = Recipient("b@two.example", "b", orcpt="rfc822;b@alias.example")
    message, about = groups(tell(question(recipient=recipient, envid="env-1")).report)
    assert message["Reporting-MTA"] == "dns; host.example"
    assert message["Original-Envelope-Id"] == "env-1"
    assert message["X-Postroom-Queue-ID"] == ID
    assert message["X-Postroom-Sender"] == "rfc822; a@one.example"
    assert "14 Nov 2023" in message["Arrival-Date"]
    assert about["Final-Recipient"] == "rfc822; b@two.example"
    assert about["Original-Recipient"] == "rfc822;b@alias.example"
    assert about["Action"] == "failed"
    assert about["Status"] == "5.1.1"
    assert about["Remote-MTA"] == "dns; mx.two.example"
    assert about["Diagnostic-Code"] == "smtp; 550 5.1.1 <b@two.example>: unknown"


def test_our_own_verdict_is_a_diagnostic_of_our_own_kind() -> None:
    outcome = Outcome(0, "5.1.1", 'unknown user: "b"')
    _, about = groups(tell(question(outcomes=(outcome,))).report)
    assert about["Diagnostic-Code"] == 'X-Postroom; unknown user: "b"'
    assert about["Remote-MTA"] is None


def test_the_original_comes_back_byte_for_byte() -> None:
    told = tell(question())
    head = b"Content-Type: message/rfc822\r\nContent-Transfer-Encoding: 7bit\r\n\r\n"
    assert head + RETURN_PATH + ORIGINAL + b"\r\n--" in told.queued[0][1]


def test_only_the_header_comes_back_if_asked_or_if_it_is_too_large() -> None:
    for told in (tell(question(ret="HDRS")), tell(question(), bounce_size_limit=20)):
        part = list(told.report.iter_parts())[2]
        assert part.get_content_type() == "text/rfc822-headers"
        assert part["Content-Description"] == "Undelivered Message Headers"
        assert "body" not in part.get_content()
        assert "Subject: hello" in part.get_content()


def test_the_original_may_come_as_a_file_from_an_offset(tmp_path: Path) -> None:
    path = tmp_path / "message"
    path.write_bytes(b"envelope" + ORIGINAL + b"trailer")
    descriptor = os.open(path, os.O_RDONLY)
    asked = structs.replace(question(content=None), size=len(ORIGINAL), offset=8)
    told = tell(asked, descriptors=[descriptor])
    os.close(descriptor)
    assert ORIGINAL + b"\r\n--" in told.queued[0][1]


def test_neither_file_nor_content_ends_the_connection() -> None:
    with pytest.raises(Unavailable):
        tell(question(content=None))


def test_an_outcome_for_nobody_ends_the_connection() -> None:
    with pytest.raises(Unavailable):
        tell(question(outcomes=(Outcome(1, "5.0.0", "x"),)))


def test_a_delay_is_a_warning_with_a_date() -> None:
    outcome = Outcome(0, "4.4.1", "connect to mx[192.0.2.2]:25: Connection timed out")
    told = tell(question(Kind.DELAY, (outcome,)))
    assert told.report["Subject"] == "Delayed Mail (still being retried)"
    _, about = groups(told.report)
    assert about["Action"] == "delayed"
    assert "19 Nov 2023" in about["Will-Retry-Until"]
    assert list(told.report.iter_parts())[2].get_content_type() == "text/rfc822-headers"
    assert "sender delay notification" in told.journal.lines[0]


@pytest.mark.parametrize("reach", Reach)
def test_a_success_says_how_far_the_message_has_come(reach: Reach) -> None:
    outcome = Outcome(0, "2.0.0", "delivered to mailbox", "local", reach=reach)
    asked = Recipient("b@two.example", notify=(Notify.SUCCESS,))
    told = tell(question(Kind.SUCCESS, (outcome,), asked))
    about = groups(told.report)[1]
    assert about["Action"] == reach.value
    assert about["Diagnostic-Code"] == "X-Postroom; delivery via local: delivered to mailbox"
    assert "sender delivery status notification" in told.journal.lines[0]


def test_a_refusal_for_now_keeps_the_question_open() -> None:
    with pytest.raises(Unavailable):
        tell(question(), Refused(451, "4.3.0", "later"))


def test_a_report_refused_for_good_is_not_tried_for_ever_and_not_lost_in_silence() -> None:
    told = tell(question(), Refused(554, "5.4.0", "Error: too many hops"))
    assert told.answer == Unwanted()
    assert told.journal.lines == [
        f"warning: {ID}: no notification to <a@one.example>: 554 5.4.0 Error: too many hops",
        f"warning: {ID}: undeliverable notification discarded, <a@one.example> will not hear of it",
    ]


def test_a_sender_with_blanks_is_quoted() -> None:
    told = tell(question(sender="john doe@one.example"))
    assert told.report["To"].addresses[0].addr_spec == '"john doe"@one.example'


def test_a_message_cannot_guess_the_boundary() -> None:
    boundaries = {tell(question()).report.get_boundary() for _ in range(2)}
    assert len(boundaries) == 2


def test_report_that_is_refused_with_the_message_in_it_carries_the_header() -> None:
    """Its sender hears of it all the same."""
    told = tell(
        question(), refuse=Refused(552, "5.3.4", "Error: message file too big"), refuse_if=b"body"
    )
    assert isinstance(told.answer, Sent)
    ((_, content),) = told.queued
    assert b"Subject: hello" in content
    assert b"text/rfc822-headers" in content


def test_a_template_of_ones_own_decides_header_and_text() -> None:
    own = template(
        "failure",
        "Kaputt",
        "Kopie",
        sender="Robot <robot@host.example>",
        charset="iso-8859-1",
        text=b"Leider unzustellbar: \xfc\n.with a dot\n",
    )
    told = tell(question(), templates=(own, *OTHERS))
    assert (told.report["Subject"], told.report["From"]) == ("Kaputt", "Robot <robot@host.example>")
    assert b"\r\n..with a dot\r\n" in told.queued[0][1]
    notice = next(told.report.iter_parts())
    assert notice["Content-Transfer-Encoding"] == "8bit"
    assert notice.get_content().startswith("Leider unzustellbar: ü\r\n")


def test_what_nobody_renamed_is_its_own_original_recipient() -> None:
    assert groups(tell(question()).report)[1]["Original-Recipient"] == "rfc822;b@two.example"


def test_reports_are_shown_below_their_message_if_asked() -> None:
    content = b"Message-ID:\r\n <1@one.example>\r\n\r\nbody\r\n"
    threaded = tell(question(content=content), enable_threaded_bounces=True).report
    assert threaded["In-Reply-To"] == threaded["References"] == "<1@one.example>"
    odd = b"Message-ID: <1@one.example> <2@one.example>\r\n\r\nbody\r\n"
    for plain in (
        tell(question(content=content)),
        tell(question(), enable_threaded_bounces=True),
        tell(question(content=odd), enable_threaded_bounces=True),
    ):
        assert plain.report["In-Reply-To"] is plain.report["References"] is None


def test_a_report_bears_the_same_name_whenever_it_is_asked_for() -> None:
    """qmgr takes it once, though one of us was killed before it had the answer."""
    names = [tell(asked).queued[0][0].once for asked in (question(), question())]
    assert names[0] == names[1] != ""


@pytest.mark.parametrize(
    "other",
    [
        question(Kind.DELAY),
        question(recipient=Recipient("c@two.example")),
        question(sender="other@one.example"),
    ],
)
def test_another_report_bears_another_name(other: Tell) -> None:
    assert tell(other).queued[0][0].once != tell(question()).queued[0][0].once
