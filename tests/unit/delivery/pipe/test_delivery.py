"""What the flags of a pipe transport make of a message, and when its command is not run."""

import asyncio
import time
from typing import Any

import pytest

from postroom.config.pipe_command import parse_pipe_command
from postroom.contracts.delivery import Deliver, Report
from postroom.delivery.attempt import Attempt
from postroom.delivery.content import Content
from postroom.delivery.impersonation.identity import Identity
from postroom.delivery.impersonation.tasks import Result, RunCommand
from postroom.delivery.pipe.delivery import PipeDelivery
from postroom.delivery.pipe.settings import Settings
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.status import Reach
from postroom.maillog.delivery import DeliveryLog
from postroom.systemd.journal import Priority

SETTINGS = Settings(
    allow_min_user=False,
    arguments=(),
    export_environment=("TZ=UTC", "NOT_SET_ANYWHERE"),
    max_idle=1.0,
    pipe_delivery_status_filter=(),
    process_limit=0,
    owner_request_special=True,
    recipient_delimiter="+",
    service_name="dovecot",
    soft_bounce=False,
    delay_logging_resolution_limit=2,
    info_log_address_format="external",
    syslog_facility="mail",
    syslog_name="postfix",
    time_limit=10.0,
)


class Notebook:
    """Stands in for the workers and the journal."""

    def __init__(self) -> None:
        self.tasks: list[RunCommand] = []
        self.lines: list[str] = []

    async def perform(self, _: Identity, task: RunCommand, __: Content) -> Result:
        self.tasks.append(task)
        return Result("2.0.0", task.success)

    def send(self, _: Priority, message: str, __: dict[str, str]) -> None:
        self.lines.append(message)


def deliver(
    line: str, *recipients: str, sender: str = "s@x.test", content: bytes = b"X: y\r\n\r\n"
) -> tuple[Notebook, Report]:
    notebook = Notebook()
    pool: Any = notebook
    log = DeliveryLog(notebook)
    now = time.time()
    to = tuple(map(Recipient, recipients or ("a@y.test",)))
    request = Deliver(
        "0123456789AB", "y.test", Envelope(sender, to, now), len(content), now, now, content
    )
    attempt = Attempt(request, Content(len(content), content), log)
    command = parse_pipe_command(["user=alice", *line.split()])
    asyncio.run(PipeDelivery(SETTINGS, command, Identity(1, 1), pool, log)(attempt))
    return notebook, attempt.report()


def heading(line: str, sender: str = "s@x.test") -> list[str]:
    notebook, _ = deliver(line, sender=sender)
    return notebook.tasks[0].message.heading.decode().splitlines()


def test_flags_put_lines_before_the_message() -> None:
    assert heading("argv=/x") == []
    first, *others = heading("flags=DFOR argv=/x")
    assert first.startswith("From s@x.test  ")
    assert others == [
        "Return-Path: <s@x.test>",
        "X-Original-To: a@y.test",
        "Delivered-To: a@y.test",
    ]
    assert heading("flags=R argv=/x", sender="") == ["Return-Path: <MAILER-DAEMON>"]
    assert heading("flags=R null_sender= argv=/x", sender="") == ["Return-Path: <>"]


def test_one_command_serves_all_recipients_and_all_of_them_hear_of_it() -> None:
    notebook, report = deliver("argv=/x $recipient", "a@y.test", "b@y.test")
    assert [task.argv for task in notebook.tasks] == [("/x", "a@y.test", "b@y.test")]
    assert [outcome.text for outcome in report.outcomes] == ["delivered via dovecot service"] * 2
    assert notebook.tasks[0].environment == {"PATH": "/usr/bin:/bin", "TZ": "UTC"}


@pytest.mark.parametrize(
    ("line", "content", "code"),
    [
        ("size=10 argv=/x", b"X: y\r\n" * 10, "5.2.3"),
        ("flags=D argv=/x", b"Delivered-To: A@y.test\r\n\r\n", "5.4.6"),
    ],
)
def test_a_message_that_is_too_large_or_was_here_is_returned(
    line: str, content: bytes, code: str
) -> None:
    notebook, report = deliver(line, content=content)
    assert [outcome.code for outcome in report.outcomes] == [code]
    assert notebook.tasks == []


def test_a_recipient_that_looks_like_an_option_is_none() -> None:
    notebook, report = deliver("argv=/x $recipient", "-oQ/tmp@y.test", "b@y.test")
    assert [outcome.code for outcome in report.outcomes] == ["5.1.3", "2.0.0"]
    assert [task.argv for task in notebook.tasks] == [("/x", "b@y.test")]


def test_neither_does_a_sender_where_the_command_hears_of_it() -> None:
    notebook, report = deliver("argv=/x ${sender}", sender="-oQ/tmp@x.test")
    assert [outcome.code for outcome in report.outcomes] == ["5.1.7"]
    assert notebook.tasks == []
    assert deliver("argv=/x $recipient", sender="-oQ/tmp@x.test")[1].outcomes[0].code == "2.0.0"


def test_what_came_from_outside_is_one_argument_each() -> None:
    """Whatever a shell would make of it; there is none."""
    hostile = """$(id)`id`;|&<>*?"' \\@x.test"""
    notebook, _ = deliver("argv=/x -f ${sender} -- $recipient", hostile, sender=hostile)
    assert [task.argv for task in notebook.tasks] == [("/x", "-f", hostile, "--", hostile)]


def test_flag_x_says_that_the_command_is_the_end_of_the_way() -> None:
    for flags, reach in (("flags=X ", Reach.DELIVERED), ("", Reach.RELAYED)):
        _, report = deliver(f"{flags}argv=/x")
        assert [outcome.reach for outcome in report.outcomes] == [reach]


def test_one_recipient_s_address_is_not_written_into_mail_for_several() -> None:
    notebook, report = deliver("flags=D argv=/x", "a@y.test", "b@y.test")
    assert [outcome.code for outcome in report.outcomes] == ["4.3.5", "4.3.5"]
    assert notebook.tasks == []
    assert "dovecot_destination_recipient_limit = 1" in notebook.lines[0]
