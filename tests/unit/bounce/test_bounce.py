"""bounce at its contract's border: reports that Python's own mail parser understands."""

import asyncio
import os
import socket
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs

from postroom.bounce.notifier import Notifier
from postroom.bounce.settings import Settings, Template
from postroom.contracts import bounce, cleanup
from postroom.contracts.bounce import Kind, Sent, Tell, Unwanted
from postroom.contracts.cleanup import LeaseIds, Queued, Refused, Submit
from postroom.contracts.intake import Intake
from postroom.ipc.client import Client
from postroom.ipc.contract import Question, Unavailable
from postroom.ipc.server import Server
from postroom.mail.envelope import Envelope, Notify, Recipient
from postroom.mail.queue_id import QueueIdAllocator
from postroom.mail.status import Outcome, Reach
from postroom.maillog.bounce import BounceLog
from postroom.systemd.journal import Priority

ID = "0605EB1D5A3C0"
ORIGINAL = b"From: a@one.example\r\nSubject: hello\r\n\r\nbody\r\n..dot\r\n"
RETURN_PATH = b"Return-Path: <a@one.example>\r\n"


def template(name: str, subject: str, postmaster_subject: str = "", **fields: Any) -> Template:
    fields = {
        "charset": "us-ascii",
        "sender": "Mail Delivery System <MAILER-DAEMON>",
        "text": b"This is host.example.\n\n    The mail system\n",
        **fields,
    }
    return Template(name=name, subject=subject, postmaster_subject=postmaster_subject, **fields)


FAILURE = template(
    "failure", "Undelivered Mail Returned to Sender", "Postmaster Copy: Undelivered Mail"
)
OTHERS = (
    template("delay", "Delayed Mail (still being retried)", "Postmaster Warning: Delayed Mail"),
    template("success", "Successful Mail Delivery Report"),
    template("verify", "Mail Delivery Status Report"),
)
SETTINGS = Settings(
    bounce_notice_recipient="postmaster",
    bounce_size_limit=50_000,
    cleanup_service_name="cleanup",
    delay_notice_recipient="postmaster",
    disable_verp_bounces=False,
    double_bounce_notice_recipient="postmaster",
    double_bounce_sender="double-bounce",
    enable_threaded_bounces=False,
    internal_mail_filter_classes=(),
    mail_name="Postroom",
    max_idle=100.0,
    maximal_queue_lifetime=432_000.0,
    myhostname="host.example",
    myorigin="origin.example",
    notify_classes=("resource", "software"),
    info_log_address_format="external",
    smtputf8_autodetect_classes=(),
    syslog_name="postfix",
    template_problems=(),
    templates=(FAILURE, *OTHERS),
)
REMOTE = Outcome(
    0,
    "5.1.1",
    "host mx.two.example[192.0.2.2] said: 550 5.1.1 <b@two.example>: unknown (in reply to RCPT)",
    remote_mta="mx.two.example",
    remote_reply="550 5.1.1 <b@two.example>: unknown",
)


class Journal:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def send(self, priority: Priority, message: str, fields: dict[str, str]) -> None:
        self.lines.append(message)


class Told:
    """What came of one question: the answer, the messages queued, the lines logged."""

    def __init__(self) -> None:
        self.answer: Sent | Unwanted | None = None
        self.queued: list[tuple[Envelope, bytes]] = []
        self.journal = Journal()
        self.refuse: Refused | None = None
        self.refuse_if = b""
        self._ids = QueueIdAllocator(0)

    async def cleanup(self, question: Question[Any], descriptors: list[int]) -> Any:
        match question:
            case LeaseIds():
                return self._ids.lease(8, 1_700_000_000.0)
            case Submit(queue_id, envelope, content):
                if self.refuse is not None and self.refuse_if in content:
                    return self.refuse
                self.queued.append((envelope, content))
                return Queued(queue_id)
        raise AssertionError(question)

    @property
    def report(self) -> EmailMessage:
        assert b"\n.\r\n" not in self.queued[0][1]
        assert self.queued[0][1].count(b"\n") == self.queued[0][1].count(b"\r\n")
        message = message_from_bytes(self.queued[0][1], policy=policy.SMTP)
        assert isinstance(message, EmailMessage)
        assert not message.defects
        return message


def tell(
    question: Tell,
    refuse: Refused | None = None,
    descriptors: Sequence[int] = (),
    refuse_if: bytes = b"",
    **settings: Any,
) -> Told:
    told = Told()
    told.refuse = refuse
    told.refuse_if = refuse_if

    async def story() -> None:
        with tempfile.TemporaryDirectory() as directory:
            listeners = [_listen(Path(directory) / name) for name in ("cleanup", "bounce")]
            intake = Intake(Client(f"{directory}/cleanup", cleanup.CONTRACT), cleanup.Handling())
            client = Client(f"{directory}/bounce", bounce.CONTRACT)
            notifier = Notifier(
                structs.replace(SETTINGS, **settings), intake, BounceLog(told.journal)
            )
            servers = [
                Server(listeners[0], cleanup.CONTRACT, lambda _: told.cleanup, nullcontext),
                Server(listeners[1], bounce.CONTRACT, lambda _: notifier.answer, nullcontext),
            ]
            try:
                told.answer, _ = await client.ask_with_descriptors(question, descriptors)
            finally:
                for server, listener in zip(servers, listeners, strict=True):
                    server.close()
                    server.disconnect()
                    listener.close()
                client.close()
                await asyncio.sleep(0.01)

    asyncio.run(story())
    return told


def _listen(path: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen()
    return listener


def question(
    kind: Kind = Kind.FAILURE,
    outcomes: tuple[Outcome, ...] = (REMOTE,),
    recipient: Recipient = Recipient("b@two.example"),  # noqa: B008 (frozen)
    content: bytes | None = ORIGINAL,
    **fields: Any,
) -> Tell:
    fields.setdefault("sender", "a@one.example")
    envelope = Envelope(recipients=(recipient,), arrival=1_700_000_000.0, **fields)
    return Tell(kind, ID, envelope, outcomes, len(content or b""), content)


def groups(report: EmailMessage) -> list[Any]:
    """The groups of fields in the delivery status part."""
    status = list(report.iter_parts())[1]
    assert status.get_content_type() == "message/delivery-status"
    return list(status.get_payload())


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
    assert told.journal.lines == [f"{ID}: undeliverable mail from the null sender"]


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


def test_a_sender_with_blanks_is_quoted() -> None:
    told = tell(question(sender="john doe@one.example"))
    assert told.report["To"].addresses[0].addr_spec == '"john doe"@one.example'


def test_eight_bit_originals_are_marked() -> None:
    told = tell(question(content=b"A: b\r\n\r\n\xfc\r\n"))
    assert told.queued[0][0].body == "8BITMIME"
    assert told.report["Content-Transfer-Encoding"] == "8bit"
    part = list(told.report.iter_parts())[2]
    assert part["Content-Transfer-Encoding"] == "8bit"


def test_addresses_beyond_ascii_use_the_types_of_rfc_6533() -> None:
    told = tell(question(recipient=Recipient("jürgen@bücher.example"), smtputf8=True))
    kinds = [part.get_content_type() for part in told.report.iter_parts()]
    assert kinds[1:] == ["message/global-delivery-status", "message/global"]
    assert "Final-Recipient: utf-8; jürgen@bücher.example".encode() in told.queued[0][1]


def test_a_message_cannot_guess_the_boundary() -> None:
    boundaries = {tell(question()).report.get_boundary() for _ in range(2)}
    assert len(boundaries) == 2


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


def test_a_header_beyond_ascii_alone_needs_the_types_of_rfc_6533() -> None:
    content = "Subject: grüße\r\n\r\nbody\r\n".encode()
    told = tell(question(content=content, smtputf8=True))
    assert told.queued[0][0].smtputf8
    kinds = [part.get_content_type() for part in told.report.iter_parts()]
    assert kinds[1:] == ["message/global-delivery-status", "message/global"]


def test_a_report_that_is_all_ascii_can_go_anywhere() -> None:
    assert not tell(question(smtputf8=True)).queued[0][0].smtputf8


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
