"""A question to bounce, and what came of it: its answer, the mail, the log."""

import asyncio
import socket
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from msgspec import structs

from memory_journal import MemoryJournal
from postroom.bounce.notifier import Notifier
from postroom.bounce.settings import Settings, Template
from postroom.contracts import bounce, cleanup
from postroom.contracts.bounce import Kind, Sent, Tell, Unwanted
from postroom.contracts.cleanup import LeaseIds, Queued, Refused, Submit
from postroom.contracts.intake import Intake
from postroom.ipc.client import Client
from postroom.ipc.contract import Question
from postroom.ipc.server import Server
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.queue_id import QueueIdAllocator
from postroom.mail.status import Outcome
from postroom.maillog.bounce import BounceLog

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
    syslog_facility="mail",
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


class Told:
    """What came of one question: the answer, the messages queued, the lines logged."""

    def __init__(self) -> None:
        self.answer: Sent | Unwanted | None = None
        self.queued: list[tuple[Envelope, bytes]] = []
        self.journal = MemoryJournal()
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
