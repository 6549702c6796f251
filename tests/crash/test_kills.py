"""Random components of a loaded machine are killed, again and again."""

import pytest

from crash.budget import LONG, SEED, Deadline
from crash.figures import Figures
from crash.killer import Killer
from crash.letters import Kind
from crash.load import Load
from crash.search import Found
from crash.sink import Sink
from crash.site import complaints, maildir, settle
from system.mailer import Mailer

SHORT_KILLS = 60
LONGEST_SECONDS = 60.0
SECONDS_BETWEEN = 0.5
SMTP_CLIENTS = 4
# Acknowledged messages before the first kill.
WARM = 50


@pytest.mark.timeout(0)
def test_nothing_acknowledged_is_lost_when_components_are_killed(
    mail: Mailer, sink: Sink, figures: Figures
) -> None:
    load = Load(mail.machine, SMTP_CLIENTS)
    mail.machine.wait_for("everything to be warm", lambda: len(load.acknowledged) > WARM, 30)
    killer = Killer(mail.machine, SEED)
    deadline = Deadline(LONGEST_SECONDS, share=0.3)
    while not deadline.passed and (LONG or killer.rounds < SHORT_KILLS):
        killer.kill_and_wait(SECONDS_BETWEEN)
    load.stop()
    settle(mail)

    found = Found(maildir(mail), sink.arrived)
    lost = found.lost(load.acknowledged)
    show(killer, load, found, figures)
    figures("lost", len(lost))
    assert lost == []
    assert complaints(mail) == []


def show(killer: Killer, load: Load, found: Found, figures: Figures) -> None:
    figures("components killed", killer.killed.total())
    for unit, count in sorted(killer.killed.items()):
        figures(f"of them {unit}", count)
    figures("messages acknowledged", len(load.acknowledged))
    figures("attempts to send that were cut short", load.unanswered)
    duplicates = found.duplicates(load.acknowledged)
    for kind in Kind:
        whole = sum(kind in letter.kinds for letter in load.acknowledged)
        share = duplicates[kind] / max(whole, 1)
        figures(f"{kind.name.lower()}: copies too many, of {whole:,}", f"{share:.2%}")
