"""The forms in which the queue is listed: Sendmail's, as mailq shows it, and JSON."""

import json
import time
from collections.abc import Iterator

from postroom.contracts.showq import Entry, QueueName
from postroom.maillog.record import printable

HEADING = "-Queue ID-  --Size-- ----Arrival Time---- -Sender/Recipient-------"
EMPTY = "Mail queue is empty"
_RECIPIENT_COLUMN = " " * 41
# Reasons are set to the right of this column.
_REASON_WIDTH = 76
_MARKS = {QueueName.ACTIVE: "*", QueueName.HOLD: "!", QueueName.DEFERRED: ""}


def summary(size: int, count: int) -> str:
    """The last line of a list that is not empty; ``size`` in bytes."""
    plural = "" if count == 1 else "s"
    return f"-- {size // 1024} Kbytes in {count} Request{plural}."


def text_entry(entry: Entry) -> Iterator[str]:
    """The lines of one message; a reason stands before the recipients it is for."""
    mark = "#" if entry.forced_expire else _MARKS[entry.queue]
    sender = printable(entry.sender) or "MAILER-DAEMON"
    when = f"{time.ctime(entry.arrival):20.20}"
    yield f"{entry.queue_id + mark:<11} {entry.size:>7} {when} {sender}"
    shown = ""
    for recipient in entry.recipients:
        reason = printable(recipient.delay_reason)
        if reason and reason != shown:
            shown = reason
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
            "sender": entry.sender,
            "recipients": recipients,
        }
    )
