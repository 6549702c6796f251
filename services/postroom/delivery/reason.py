"""A nexthop that is no place but a reason: ``5.1.1 mailbox moved`` (error(8), discard(8))."""

import re
from typing import NamedTuple

from postroom.mail.status import StatusCode

_CODE = re.compile(r"\s*([245]\.[0-9]{1,3}\.[0-9]{1,3})(?:\s+|\Z)")


class Reason(NamedTuple):
    """A status code and a text."""

    code: StatusCode
    text: str


def parse_reason(nexthop: str, default: StatusCode) -> Reason:
    """``default`` is the code where the text has none, or one of another class.

    error must not deliver and retry must not bounce, whatever a table says.
    """
    found = _CODE.match(nexthop)
    if found is None:
        return Reason(default, nexthop.strip())
    code = found[1] if found[1][0] == default[0] else default
    return Reason(code, nexthop[found.end() :].strip())
