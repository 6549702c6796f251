"""Who comes while a service is busy to its limit is served more briefly, as with STRESS_README."""

from pathlib import Path

from memory_journal import MemoryJournal
from postroom.contracts.policy_client import Ask
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.overload import CALM_SECONDS, Overload
from unit.reception.smtpd.scene import Scene, play
from unit.reception.smtpd.test_policy_servers import ASKED

STRESS = {"stress": "yes", "smtpd_hard_error_limit": 1, "smtpd_banner": "mail.test ESMTP busy"}


def test_overload_begins_at_the_limit_and_ends_a_while_after() -> None:
    now = 1000.0
    journal = MemoryJournal()
    overload = Overload("smtp", 2, SmtpdLog(journal), lambda: now)
    assert [overload.holds(sessions) for sessions in (0, 1, 2, 3, 0)] == [*[False] * 2, *[True] * 3]
    now += CALM_SECONDS - 1
    assert overload.holds(1)
    now += 1
    assert not overload.holds(1)
    assert overload.holds(2)
    said = 'warning: service "smtp" has reached its process limit "2": '
    assert [line.startswith(said) for line in journal.lines] == [True, True]


def test_without_a_limit_there_is_no_overload() -> None:
    assert not Overload("smtp", 0, SmtpdLog(MemoryJournal()), lambda: 0.0).holds(10_000)


def test_under_overload_new_clients_get_less_patience_and_others_as_much_as_before(
    tmp_path: Path,
) -> None:
    async def story(scene: Scene) -> None:
        early = await scene.client()
        late = await scene.connect()
        assert (await late.reply()).endswith("busy")
        assert (await late.say("NONSENSE")).startswith("500 ")
        assert (await late.reply()).startswith("421 ")
        assert (await early.say("NONSENSE")).startswith("500 ")
        assert (await early.say("NOOP")).startswith("250 ")

    scene = play(tmp_path, story, stress=STRESS, process_limit=1)
    assert len(scene.log("has reached its process limit")) == 1


def test_policy_servers_are_told_of_overload(tmp_path: Path) -> None:
    async def story(scene: Scene) -> None:
        for told in ("stress=", "stress=yes"):
            client = await scene.client()
            await client.mail("user@example.com")
            asked = [question for question in scene.world.asked if isinstance(question, Ask)]
            assert told in asked[-1].attributes

    play(tmp_path, story, stress=STRESS, process_limit=1, **ASKED)
