"""The forms in which the queue is listed: Sendmail's, as mailq shows it, and JSON."""

import json
import time
from collections.abc import Iterator

from postroom.contracts.showq import Entry, QueueName
from postroom.maillog.record import printable

# As Postfix lists queue ids that are never used twice (enable_long_queue_ids).
HEADING = "----Queue ID----- --Size-- ---Arrival Time---- --Sender/Recipient------"
EMPTY = "Mail queue is empty"
_RECIPIENT_COLUMN = " " * 47
# Reasons are set to the right of this column.
_REASON_WIDTH = 76
_MARKS = {QueueName.ACTIVE: "*", QueueName.HOLD: "!"}
# Who the sender of a bounce is to readers.
_NOBODY = "MAILER-DAEMON"


def summary(size: int, count: int) -> str:
    """The last line of a list that is not empty; ``size`` in bytes."""
    plural = "" if count == 1 else "s"
    return f"-- {size // 1024} Kbytes in {count} Request{plural}."


def text_entry(entry: Entry) -> Iterator[str]:
    """The lines of one message; a reason stands before the recipients it is for."""
    mark = _MARKS.get(entry.queue, "") + ("#" if entry.forced_expire else "")
    sender = printable(entry.sender) or _NOBODY
    when = time.ctime(entry.arrival)
    yield f"{entry.queue_id + mark:<17} {entry.size:>8} {when:19.19} {sender}"
    shown = ""
    for recipient in entry.recipients:
        reason = recipient.delay_reason
        if reason and reason != shown:
            shown = reason
            reason = printable(reason)
            yield " " * max(0, _REASON_WIDTH - len(reason)) + f"({reason})"
        yield _RECIPIENT_COLUMN + printable(recipient.address)
    yield ""


def json_entry(entry: Entry) -> str:
    """One message as one line (postqueue(1), JSON OBJECT FORMAT)."""
    recipients = []
    for recipient in entry.recipients:
        shown = {"address": recipient.address}
        if recipient.delay_reason:
            shown["delay_reason"] = recipient.delay_reason
        recipients.append(shown)
    return json.dumps(
        {
            "queue_name": entry.queue.value,
            "queue_id": entry.queue_id,
            "arrival_time": int(entry.arrival),
            "message_size": entry.size,
            "forced_expire": entry.forced_expire,
            "sender": entry.sender or _NOBODY,
            "recipients": recipients,
        }
    )
