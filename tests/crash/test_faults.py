"""System calls of the components fail, each once, at every time they are made."""

import random
from collections import deque
from pathlib import Path

import pytest

from crash.budget import SEED, Deadline
from crash.faults.matrix import MAX_NUMBER, first_of_each_kind
from crash.faults.rounds import Rounds
from crash.figures import Figures
from crash.search import Found
from crash.sink import Sink
from crash.site import complaints, maildir, settle
from system.mailer import Mailer

SHORT_SECONDS = 15


@pytest.mark.timeout(0)
def test_nothing_acknowledged_is_lost_when_a_system_call_fails(
    mail: Mailer, sink: Sink, tmp_path: Path, figures: Figures
) -> None:
    rounds = Rounds(mail.machine, tmp_path / "strace")
    finished, left = play(rounds, Deadline(SHORT_SECONDS, share=0.2))
    settle(mail)
    found = Found(maildir(mail), sink.arrived)
    # A mailbox over its quota (EDQUOT) has mail returned, as with Postfix.
    lost = [each for each in found.lost(rounds.acknowledged) if not found.returned(each[0])]
    figures("system calls that failed", rounds.injected)
    figures("kinds of fault (component, call, error) at every call that was made", finished)
    figures("kinds of fault left", left)
    figures("messages acknowledged", len(rounds.acknowledged))
    figures("lost", len(lost))
    assert [(number, kind, str(rounds.during[number])) for number, kind in lost] == []
    assert [str(fault) for fault in rounds.not_returned] == []
    assert complaints(mail) == []
    assert rounds.injected > 0


def play(rounds: Rounds, deadline: Deadline) -> tuple[int, int]:
    """Each kind of fault at the first call, then at the second…: how many kinds failed at every
    call that is made, and how many are left."""
    waiting = deque(first_of_each_kind(random.Random(SEED)))
    finished = 0
    while waiting and not deadline.passed:
        fault = waiting.popleft()
        if rounds.play(fault) and fault.number < MAX_NUMBER:
            waiting.append(fault.next)
        else:
            finished += 1
    return finished, len(waiting)
