"""verify: one probe an address, and what it has shown is remembered for a time."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest

from memory_journal import MemoryJournal
from postroom.contracts.bounce import Kind, Tell
from postroom.contracts.verify import State, Verified, Verify
from postroom.ipc.contract import Unavailable
from postroom.lookup.verify import cache as cache_module
from postroom.lookup.verify.answers import IN_PROGRESS, Answers
from postroom.lookup.verify.cache import Cache
from postroom.lookup.verify.probes import PATIENCE_SECONDS, Probes
from postroom.lookup.verify.settings import Settings
from postroom.mail.envelope import Envelope, Recipient
from postroom.mail.probe_sender import ProbeSender
from postroom.mail.queue_id import format_queue_id
from postroom.mail.status import Outcome
from postroom.maillog.verify import VerifyLog

DAY = 86400.0
SETTINGS = Settings(
    address_verify_negative_cache=True,
    address_verify_negative_expire_time=3 * DAY,
    address_verify_negative_refresh_time=DAY / 8,
    address_verify_pending_request_limit=2,
    address_verify_positive_expire_time=31 * DAY,
    address_verify_positive_refresh_time=7 * DAY,
    address_verify_sender="double-bounce",
    address_verify_sender_ttl=0,
    cleanup_service_name="cleanup",
    max_idle=1.0,
    myorigin="here.example",
    smtputf8_autodetect_classes=(),
    syslog_facility="mail",
    syslog_name="postfix",
)


class Desk:
    """verify with a clock of its own; ``sent`` are its probes, by queue id."""

    def __init__(self, **changes: Any) -> None:
        settings = Settings(**{**_as_dict(SETTINGS), **changes})
        self.now = 1_000_000.0
        self.sent: dict[str, Envelope] = {}
        self.down = False
        self.cache = Cache(settings, {})
        log = VerifyLog(MemoryJournal())  # type: ignore[arg-type]
        probes = Probes(settings, self, log, lambda: self.now)  # type: ignore[arg-type]
        self.answers = Answers(self.cache, probes, lambda: self.now)

    async def queue_id(self) -> str:
        if self.down:
            raise Unavailable("down")
        return format_queue_id(len(self.sent) + 1)

    async def submit(self, queue_id: str, envelope: Envelope, _: bytes) -> None:
        self.sent[queue_id] = envelope

    def ask(self, address: str = "a@b.example") -> Verified:
        return asyncio.run(self.answers.verify(Verify(address), []))

    def tell(self, *outcomes: Outcome, queue_id: str = "") -> None:
        """What became of the last probe."""
        queue_id = queue_id or list(self.sent)[-1]
        told = Tell(Kind.PROBE, queue_id, self.sent[queue_id], outcomes, 0, b"")
        asyncio.run(self.answers.learn(told, []))


def _as_dict(settings: Settings) -> dict[str, Any]:
    return {name: getattr(settings, name) for name in settings.__struct_fields__}


GOOD, BAD, AWAY = (Outcome(0, code, "said") for code in ("2.1.5", "5.1.1", "4.4.1"))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [(GOOD, State.DELIVERABLE), (BAD, State.UNDELIVERABLE), (AWAY, State.UNCERTAIN)],
)
def test_an_address_is_unknown_until_its_probe_has_ended(outcome: Outcome, state: State) -> None:
    desk = Desk()
    assert desk.ask() == IN_PROGRESS
    assert desk.ask("A@B.example") == IN_PROGRESS
    (probe,) = desk.sent.values()
    assert probe.is_probe
    assert probe.sender == "double-bounce@here.example"
    assert probe.recipients == (Recipient("a@b.example"),)
    desk.tell(outcome)
    assert desk.ask() == Verified(state, "said")
    assert len(desk.sent) == 1


def test_what_is_known_is_found_out_again_before_it_is_forgotten() -> None:
    desk = Desk()
    desk.ask()
    desk.tell(GOOD)
    desk.now += 8 * DAY
    assert desk.ask().state is State.DELIVERABLE
    assert len(desk.sent) == 2
    desk.tell(AWAY)
    assert desk.ask().state is State.DELIVERABLE
    desk.now += 24 * DAY
    assert desk.ask() == IN_PROGRESS


def test_bad_news_is_forgotten_sooner() -> None:
    desk = Desk()
    desk.ask()
    desk.tell(BAD)
    desk.now += 3 * DAY
    assert desk.ask() == IN_PROGRESS


def test_bad_news_need_not_be_remembered() -> None:
    desk = Desk(address_verify_negative_cache=False)
    desk.ask()
    desk.tell(BAD)
    assert desk.ask() == IN_PROGRESS


def test_an_alias_is_deliverable_if_one_of_its_addresses_is() -> None:
    desk = Desk()
    desk.ask()
    desk.tell(BAD, GOOD, AWAY)
    assert desk.ask().state is State.DELIVERABLE


def test_strangers_cannot_have_more_probes_sent_than_the_limit() -> None:
    desk = Desk()
    for number in range(5):
        assert desk.ask(f"{number}@b.example") == IN_PROGRESS
    assert len(desk.sent) == 2
    desk.tell(GOOD)
    desk.ask("4@b.example")
    assert len(desk.sent) == 3


def test_a_probe_that_is_lost_is_sent_anew_after_a_time() -> None:
    desk = Desk()
    desk.ask()
    desk.now += PATIENCE_SECONDS
    desk.ask()
    assert len(desk.sent) == 2


def test_a_probe_that_could_not_be_queued_is_tried_again() -> None:
    desk = Desk()
    desk.down = True
    assert desk.ask() == IN_PROGRESS
    desk.down = False
    desk.ask()
    assert len(desk.sent) == 1


def test_the_oldest_are_forgotten_for_new_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "MAX_ENTRIES", 2)
    desk = Desk()
    for name in ("a", "b", "c"):
        desk.cache.put(name, Verified(State.DELIVERABLE, ""), desk.now)
    known = [name for name in ("a", "b", "c") if desk.cache.get(name, desk.now)]
    assert known == ["b", "c"]


def test_what_is_known_outlives_the_service(tmp_path: Path) -> None:
    desk = Desk()
    desk.cache.put("a@b.example", Verified(State.DELIVERABLE, "said"), desk.now)
    desk.cache.save(tmp_path / "cache")
    entry = Cache.load(SETTINGS, tmp_path / "cache").get("a@b.example", desk.now)
    assert entry is not None
    assert entry.found.reason == "said"


@pytest.mark.parametrize("damage", [b"", b"\xff\xff", b"\x81\xa1a\x01"])
def test_a_damaged_memory_is_an_empty_one(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "cache").write_bytes(damage)
    assert Cache.load(SETTINGS, tmp_path / "cache").get("a", 0.0) is None


def test_a_probe_s_sender_may_change_with_the_time() -> None:
    desk = Desk(address_verify_sender_ttl=36 * 3600.0)
    desk.ask()
    (probe,) = desk.sent.values()
    expected = ProbeSender.of("double-bounce", "here.example", 36 * 3600.0).at(time.time())
    assert probe.sender == expected != "double-bounce@here.example"
