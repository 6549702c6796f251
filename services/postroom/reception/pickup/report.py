"""Tell a local user that a message which sendmail accepted cannot go into the queue."""

from typing import NamedTuple

from postroom.mail.envelope import Recipient, Submitter
from postroom.spool.maildrop import Drop

# Enough of the message to recognise it by.
MAX_QUOTED_HEADER = 10_000

_TEXT = """\
From: MAILER-DAEMON ({host} mail system)
To: {sender}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8

This is the mail system at host {host}.

A message that a program of yours submitted could not be put into the
mail queue, and was sent to nobody:

    {reason}

Its header was:

{header}
"""


class Returned(NamedTuple):
    """What the report needs of the message, which starts with ``head``."""

    sender: str
    submitter: Submitter
    arrival: float
    head: bytes


def refusal_report(returned: Returned, reason: str, myhostname: str) -> tuple[Drop, bytes]:
    """Envelope and content (lines end in LF) of the report.

    It has the null sender, so that nobody reports on the report (RFC 5321 section 4.5.5).
    """
    head = returned.head[:MAX_QUOTED_HEADER]
    header = head.partition(b"\n\n")[0].decode("utf-8", "replace")
    sender = returned.sender or "postmaster"
    quoted = "\n".join(f"    {line}" for line in header.splitlines())
    text = _TEXT.format(host=myhostname, sender=sender, reason=reason, header=quoted)
    recipients = (Recipient(sender),)
    report = Drop("", recipients, returned.submitter, returned.arrival, body="8BITMIME")
    return report, text.encode()
