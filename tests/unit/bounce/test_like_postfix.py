"""Reports have the fields of Postfix's, in its order; the names were taken from Postfix 3.10.13."""

from email.message import Message
from typing import Any

import pytest

from postroom.contracts.bounce import Kind
from postroom.mail.envelope import Notify, Recipient
from postroom.mail.status import Outcome, Reach
from unit.bounce.telling import REMOTE, question, tell

HEADER = [
    "Date",
    "From",
    "Subject",
    "To",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
]
NOTIFICATION = ["Content-Description", "Content-Type", "Content-Transfer-Encoding"]
STATUS = ["Content-Description", "Content-Type"]
ORIGINAL = ["Content-Description", "Content-Type", "Content-Transfer-Encoding"]
MESSAGE = [
    "Reporting-MTA",
    "Original-Envelope-Id",
    "X-Postfix-Queue-ID",
    "X-Postfix-Sender",
    "Arrival-Date",
]
REMOTELY = [
    "Final-Recipient",
    "Original-Recipient",
    "Action",
    "Status",
    "Remote-MTA",
    "Diagnostic-Code",
]
LOCALLY = [name for name in REMOTELY if name != "Remote-MTA"]
LOCAL = Outcome(0, "2.0.0", "delivered to mailbox", "local", reach=Reach.DELIVERED)
BUSY = Outcome(
    0, "4.2.1", "host mx said: 450 4.2.1 busy", remote_mta="mx", remote_reply="450 4.2.1 busy"
)


@pytest.mark.parametrize(
    ("kind", "outcome", "fields", "descriptions"),
    [
        (
            Kind.FAILURE,
            REMOTE,
            REMOTELY,
            ["Notification", "Delivery report", "Undelivered Message"],
        ),
        (
            Kind.DELAY,
            BUSY,
            [*REMOTELY, "Will-Retry-Until"],
            ["Notification", "Delivery report", "Undelivered Message Headers"],
        ),
        (
            Kind.SUCCESS,
            LOCAL,
            LOCALLY,
            ["Notification", "Delivery report", "Message Headers"],
        ),
        (
            Kind.TRACE,
            LOCAL,
            LOCALLY,
            ["Notification", "Delivery report", "Message Headers"],
        ),
    ],
)
def test_a_report_has_the_fields_of_postfix_in_its_order(
    kind: Kind, outcome: Outcome, fields: list[str], descriptions: list[str]
) -> None:
    recipient = Recipient("b@two.example", notify=tuple(Notify)[1:])
    asked = question(kind, (outcome,), recipient, envid="e")
    report: Any = tell(asked, mail_name="Postfix").report
    assert names(report) == HEADER
    parts = report.get_payload()
    assert [names(part) for part in parts] == [NOTIFICATION, STATUS, ORIGINAL]
    assert [part["Content-Description"] for part in parts] == descriptions
    message, about = parts[1].get_payload()
    assert (names(message), names(about)) == (MESSAGE, fields)


def names(message: Message) -> list[str]:
    return list(message.keys())
