"""What smtpd remembers of a queue that had no room."""

from postroom.contracts.cleanup import Refused
from postroom.esmtp.reply import Reply
from postroom.reception.smtpd.full_queue import MEMORY, FullQueue

FULL = Refused(452, "4.3.1", "Insufficient system storage")


def test_it_is_refused_for_a_while_what_found_no_room() -> None:
    time = 100.0
    queue = FullQueue(lambda: time)
    assert queue.refusal() is None
    queue.note(FULL)
    assert queue.refusal() == Reply(452, "4.3.1", "Insufficient system storage")
    time += MEMORY
    assert queue.refusal() is None


def test_what_was_refused_for_another_reason_says_nothing_of_the_next_message() -> None:
    queue = FullQueue(lambda: 100.0)
    queue.note(Refused(451, "4.3.0", "Error: queue file write error"))
    queue.note(Refused(554, "5.4.0", "Error: too many hops"))
    assert queue.refusal() is None
