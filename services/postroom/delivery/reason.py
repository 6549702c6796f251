"""A nexthop that is no place but a reason: ``5.1.1 mailbox moved`` (error(8), discard(8))."""

import re
from typing import NamedTuple

from postroom.delivery.attempt import Attempt
from postroom.mail.status import Fate, StatusCode, fate_of

_CODE = re.compile(r"\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:\s+|\Z)")


_STEPS = {Fate.SENT: "sent", Fate.DEFERRED: "defer_append", Fate.BOUNCED: "bounce_append"}
"""What Postfix calls it in its warnings."""


class _Reason(NamedTuple):
    """A status code and a text."""

    code: StatusCode
    text: str


def settle(default: StatusCode, attempt: Attempt) -> None:
    """Every recipient of the attempt, for the reason that is its nexthop.

    ``default`` is the code where there is none, or one of another class: error must not deliver
    and retry must not bounce, whatever a table says.
    """
    reason = _parsed(attempt.request.nexthop, default)
    code, fate = reason.code, fate_of(default)
    if fate_of(code) is not fate:
        attempt.warn(f'{_STEPS[fate]}: ignoring dsn code "{code}"')
        code = default
    attempt.settle_rest(code, reason.text)


def _parsed(nexthop: str, default: StatusCode) -> _Reason:
    found = _CODE.match(nexthop)
    if found is None:
        return _Reason(default, nexthop.strip())
    return _Reason(found[1], nexthop[found.end() :].strip())
