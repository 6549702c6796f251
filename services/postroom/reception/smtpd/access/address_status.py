"""Enhanced status codes that are about the address which is refused (access(5)).

Tables give one code, whoever is refused by them: 5.1.1 says that a recipient does not exist, and
of a sender that is 5.1.7 (RFC 3463 section 3.2).
"""

import re
from typing import Final

from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.access.request import Subject

_ABOUT_ADDRESS: Final = re.compile(r"([245])\.1\.(\d+)", re.ASCII)
# What the last number of X.1.Y comes to; 0 says only that something is wrong with an address.
_OF_SENDERS: Final = {"1": 7, "2": 8, "3": 7, "4": 7, "6": 7, "7": 7, "8": 8}
_OF_RECIPIENTS: Final = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 3, "8": 2}


def status_about(subject: Subject, status: str, log: SmtpdLog) -> str:
    """``status`` as it can be said of ``subject``; another one is told in the log."""
    found = _ABOUT_ADDRESS.fullmatch(status)
    if found is None:
        return status
    meant = f"{found[1]}.{_detail(subject, found[2])}"
    if meant != status:
        log.status_mapped(status, subject.value, meant)
    return meant


def _detail(subject: Subject, number: str) -> str:
    match subject:
        case Subject.SENDER:
            return f"1.{_OF_SENDERS.get(number, 0)}"
        case Subject.RECIPIENT:
            return f"1.{_OF_RECIPIENTS.get(number, 0)}"
    return "0.0"
