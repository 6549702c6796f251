"""What a report says to a human, per kind, and how it is folded."""

import textwrap
from typing import Final, NamedTuple

from postroom.contracts.bounce import Kind
from postroom.mail.status import Outcome

# RFC 5322 section 2.1.1 asks for 78; words longer than that are not broken.
WIDTH: Final = 78


class Wording(NamedTuple):
    """Subjects for sender and postmaster, the Action of RFC 3464 2.3.3 (empty where each
    outcome has its own), and the text."""

    subject: str
    postmaster_subject: str
    action: str
    attachment: str
    text: str


WORDINGS: Final = {
    Kind.FAILURE: Wording(
        "Undelivered Mail Returned to Sender",
        "Postmaster Copy: Undelivered Mail",
        "failed",
        "Undelivered Message",
        """\
This is the mail system at host {host}.

Your message could not be delivered to the recipients listed below, and
will not be tried again. What you sent is attached.

If this puzzles you, write to postmaster and include this report; what is
attached to it may be left out.

                   The mail system
""",
    ),
    Kind.DELAY: Wording(
        "Delayed Mail (still being retried)",
        "Postmaster Warning: Delayed Mail",
        "delayed",
        "Delayed Message",
        """\
This is the mail system at host {host}.

THIS IS ONLY A WARNING. YOU NEED NOT SEND YOUR MESSAGE AGAIN.

Your message has not yet been delivered to the recipients listed below.
It will be tried until it is {days:.1f} days old.

If this puzzles you, write to postmaster and include this report; what is
attached to it may be left out.

                   The mail system
""",
    ),
    Kind.SUCCESS: Wording(
        "Successful Mail Delivery Report",
        "Postmaster Copy: Successful Mail Delivery Report",
        "delivered",
        "Message",
        """\
This is the mail system at host {host}.

Your message was delivered to the recipients listed below. If it went on
to another mail system, you may get further reports from there.

                   The mail system
""",
    ),
    Kind.TRACE: Wording(
        "Mail Delivery Status Report",
        "Postmaster Copy: Mail Delivery Status Report",
        "",
        "Message",
        """\
This is the mail system at host {host}.

Here is the report on mail delivery that you asked for.

                   The mail system
""",
    ),
}


def diagnosis(kind: Kind, outcome: Outcome) -> str:
    """What happened, and by whose doing if that was the question."""
    if kind is Kind.TRACE and outcome.relay != "none":
        return f"delivery via {outcome.relay}: {outcome.text}"
    return outcome.text


def fold(text: str) -> str:
    """A paragraph in lines of WIDTH, all but the first indented."""
    return "\r\n".join(
        textwrap.wrap(
            text,
            WIDTH,
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
