"""Queue ids as they are typed: Postfix's commands take any letters and digits for one."""

import re

from msgspec import ValidationError, convert

from postroom.mail.queue_id import QueueId

_FORM = re.compile(r"[0-9A-Za-z]{1,100}")


def is_queue_id(text: str) -> bool:
    """Whether a message could bear such an id in some queue."""
    return _FORM.fullmatch(text) is not None


def our_queue_id(text: str) -> QueueId | None:
    """The id if a message here could bear it."""
    try:
        return convert(text, QueueId)
    except ValidationError:
        return None
