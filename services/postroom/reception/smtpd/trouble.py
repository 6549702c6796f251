"""The classes of trouble that a reply tells of (main.cf: notify_classes)."""

from typing import Final

from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.transfer import NOT_WRITTEN

_NONE: Final = frozenset[str]()
_PROTOCOL: Final = frozenset({"protocol"})
_POLICY: Final = frozenset({"policy"})
_RESOURCE: Final = frozenset({"resource"})

# By the enhanced status code (RFC 3463) without its class.
_BY_DETAIL: Final = {
    # Mail that would have bounced: the address is unknown.
    "1.0": frozenset({"bounce"}),
    "1.1": frozenset({"bounce"}),
    # No addresses.
    "1.3": _PROTOCOL,
    "1.7": _PROTOCOL,
    # A table that cannot be read.
    "3.0": frozenset({"data"}),
    "3.1": _RESOURCE,
    # We are leaving; the client kept silent.
    "3.2": _NONE,
    "4.2": _NONE,
    "3.5": frozenset({"software"}),
    # Too many recipients.
    "5.3": _POLICY,
}
_PROTOCOL_SUBJECT: Final = "5."


def trouble(reply: Reply) -> frozenset[str]:
    """The class is derived from the reply: what refuses needs not know who wants to hear of it."""
    if reply.code < 400:
        return _NONE
    if reply == NOT_WRITTEN:
        return _RESOURCE
    detail = reply.status[2:]
    if detail in _BY_DETAIL:
        return _BY_DETAIL[detail]
    return _PROTOCOL if detail.startswith(_PROTOCOL_SUBJECT) else _POLICY
