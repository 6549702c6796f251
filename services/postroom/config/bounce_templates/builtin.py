"""The templates that are used where bounce_template_file says nothing else."""

from collections.abc import Mapping
from typing import Final

from postroom.config.bounce_templates.template import US_ASCII, Template

_SENDER: Final = "Mail Delivery System <MAILER-DAEMON>"
_OBSOLETE_SENDER: Final = "MAILER-DAEMON (Mail Delivery System)"

_FAILURE: Final = """\
This is the mail system at host $myhostname.

Your message could not be delivered to the recipients listed below, and
will not be tried again. What you sent is attached.

If this puzzles you, write to postmaster and include this report; what is
attached to it may be left out.

                   The mail system
"""

_DELAY: Final = """\
This is the mail system at host $myhostname.

THIS IS ONLY A WARNING. YOU NEED NOT SEND YOUR MESSAGE AGAIN.

For $delay_warning_time_hours hour(s) your message could not be delivered to
the recipients listed below. It will be tried until it is
$maximal_queue_lifetime_days day(s) old.

If this puzzles you, write to postmaster and include this report; what is
attached to it may be left out.

                   The mail system
"""

_SUCCESS: Final = """\
This is the mail system at host $myhostname.

Your message was delivered to the recipients listed below. If it went on
to another mail system, you may get further reports from there.

                   The mail system
"""

_VERIFY: Final = """\
This is the mail system at host $myhostname.

Here is the report on mail delivery that you asked for.

                   The mail system
"""


def builtin_templates(header_from_format: str) -> Mapping[str, Template]:
    """By name; the form of the From header is main.cf's (header_from_format)."""
    sender = _OBSOLETE_SENDER if header_from_format == "obsolete" else _SENDER
    rows = (
        (
            "failure",
            "Undelivered Mail Returned to Sender",
            "Postmaster Copy: Undelivered Mail",
            _FAILURE,
        ),
        (
            "delay",
            "Delayed Mail (still being retried)",
            "Postmaster Warning: Delayed Mail",
            _DELAY,
        ),
        ("success", "Successful Mail Delivery Report", "", _SUCCESS),
        ("verify", "Mail Delivery Status Report", "", _VERIFY),
    )
    return {
        name: Template(name, US_ASCII, sender, subject, postmaster_subject, text)
        for name, subject, postmaster_subject, text in rows
    }
