"""Tell a local user that a message which sendmail accepted cannot go into the queue."""

from postroom.mail.envelope import Envelope, Recipient

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


def refusal_report(
    envelope: Envelope, reason: str, head: bytes, myhostname: str
) -> tuple[Envelope, bytes]:
    """Envelope and content (lines end in LF) of the report on a message that starts with ``head``.

    It has the null sender, so that nobody reports on the report (RFC 5321 section 4.5.5).
    """
    header = head[:MAX_QUOTED_HEADER].partition(b"\n\n")[0].decode("utf-8", "replace")
    sender = envelope.sender or "postmaster"
    quoted = "\n".join(f"    {line}" for line in header.splitlines())
    text = _TEXT.format(host=myhostname, sender=sender, reason=reason, header=quoted)
    report = Envelope(
        sender="",
        recipients=(Recipient(sender),),
        arrival=envelope.arrival,
        submitter=envelope.submitter,
        body="8BITMIME",
        rewrite_locally=True,
    )
    return report, text.encode()
