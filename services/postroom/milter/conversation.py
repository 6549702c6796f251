"""One filter in one session: what it wants to hear, and what it says to it."""

from collections.abc import Awaitable, Callable

from postroom.maillog.milter import MilterLog
from postroom.milter.connection import BadAnswer, Connection, FilterTrouble
from postroom.milter.macros import STAGES, Macros
from postroom.milter.protocol.answers import (
    MISCONFIGURED,
    SHUTDOWN,
    TRY_LATER,
    Change,
    Reject,
    Verdict,
    Word,
)
from postroom.milter.protocol.numbers import (
    ACTIONS,
    STEPS,
    UNANSWERED,
    UNWANTED,
    Action,
    Event,
    Step,
)
from postroom.milter.protocol.packets import macros as macros_packet
from postroom.milter.protocol.packets import packet
from postroom.milter.settings import Filter

# What is done with mail when a filter cannot be asked (milter_default_action).
_WITHOUT: dict[str, Verdict] = {
    "accept": Word.ACCEPT,
    "reject": Reject(550, "5.5.0", "Service unavailable"),
    "tempfail": TRY_LATER,
    "shutdown": SHUTDOWN,
    "quarantine": Word.ACCEPT,
}
# Verdicts that are all a filter has to say about a message, or where none has begun, a session.
_FINAL = (Word.ACCEPT, Word.DISCARD)


class Conversation:
    """``settled`` is what the filter has said for good: of the session, or of one message."""

    def __init__(self, filter_: Filter, names: dict[str, tuple[str, ...]], log: MilterLog) -> None:
        self._filter = filter_
        self._macro_names = dict(names)
        self._log = log
        self._connection: Connection | None = None
        self._steps = Step(0)
        self._of_session: Verdict | None = None
        self._of_message: Verdict | None = None
        self._in_message = False
        self._skipped: set[Event] = set()
        self._failed = False
        self.actions = Action(0)

    async def open(self) -> None:
        """Connect and agree; whatever goes wrong is the default action's matter."""
        filter_ = self._filter
        try:
            self._connection = connection = await Connection.open(filter_)
        except FilterTrouble as trouble:
            self._log.cannot_connect(filter_.name, str(trouble))
            self._fail()
            return
        offered, silent_header = filter_.protocol
        steps = STEPS[offered] | (Step.SILENT_HEADER if silent_header else Step(0))
        try:
            found = await connection.negotiate(offered, ACTIONS, steps, filter_.connect_timeout)
            version, self.actions, self._steps, wanted = found
            if version > offered or self.actions & ~ACTIONS or self._steps & ~steps:
                raise FilterTrouble("it wants what it was not offered")
        except FilterTrouble as trouble:
            self._disconnect(str(trouble))
            return
        for name, stage in STAGES.values():
            if stage is not None and stage in wanted:
                self._macro_names[name] = tuple(wanted[stage])

    @property
    def settled(self) -> Verdict | None:
        return self._of_session or self._of_message

    @property
    def quarantines(self) -> bool:
        """Whether all mail has to wait because this filter could not be asked."""
        return self._failed and self._filter.default_action == "quarantine"

    @property
    def leading_space(self) -> bool:
        return bool(self._steps & Step.LEADING_SPACE)

    @property
    def hears_refused(self) -> bool:
        """Whether it wants to hear of recipients that are refused without it."""
        return bool(self._steps & Step.REJECTED_RCPT) and self.wants(Event.RCPT)

    def wants(self, event: Event) -> bool:
        if self._of_session is not None:
            return False
        return event not in UNWANTED or not self._steps & UNWANTED[event]

    async def tell(
        self, event: Event, data: bytes, macros: Macros, seconds: float | None = None
    ) -> Verdict:
        """Tell of one event; ``data`` is its packet. What is settled is said again."""
        if (settled := self.settled) is not None:
            return _of_one_event(settled)
        if not self.wants(event) or event in self._skipped:
            return Word.CONTINUE
        self._in_message = self._in_message or event is Event.MAIL
        assert self._connection is not None
        self._connection.send(self._macros(event, macros) + data)
        try:
            if self._steps & UNANSWERED.get(event, Step(0)):
                await self._connection.drained(self._filter.command_timeout)
                return Word.CONTINUE
            said = await self._connection.answer(seconds or self._filter.command_timeout)
        except FilterTrouble as trouble:
            return self._lost(trouble)
        return self._heard(event, said)

    async def finish(
        self, macros: Macros, tell_change: Callable[[Change], Awaitable[None]]
    ) -> Verdict:
        """The body has ended: the filter says what is to be changed, and its verdict."""
        if (settled := self.settled) is not None:
            return _of_one_event(settled)
        assert self._connection is not None
        event = Event.END_OF_BODY
        self._connection.send(self._macros(event, macros) + packet(event))
        try:
            while True:
                said = await self._connection.answer(self._filter.content_timeout)
                if isinstance(said, Verdict):
                    break
                await tell_change(said)
        except FilterTrouble as trouble:
            return self._lost(trouble)
        verdict = self._heard(event, said)
        self._forget_message()
        return verdict

    @property
    def content_seconds(self) -> float:
        return self._filter.content_timeout

    def abort(self) -> None:
        """The message is over, or will not come."""
        if self._in_message and self._connection is not None and self._of_session is None:
            self._connection.send(packet(Event.ABORT))
        self._forget_message()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.send(packet(Event.QUIT))
            self._connection.close()
            self._connection = None

    def _heard(self, event: Event, said: Verdict | Change) -> Verdict:
        if not isinstance(said, Verdict):
            return self._disconnect("it changes a message before its end")
        if said is Word.SKIP:
            self._skipped.add(event)
            return Word.CONTINUE
        if isinstance(said, Reject) and said.code == SHUTDOWN.code:
            self._of_session = said
        elif said in _FINAL:
            if self._in_message:
                self._of_message = said
            else:
                self._of_session = said
        return _of_one_event(said)

    def _forget_message(self) -> None:
        self._of_message = None
        self._in_message = False
        self._skipped.clear()

    def _macros(self, event: Event, macros: Macros) -> bytes:
        if event not in STAGES:
            return b""
        values = macros.of(self._macro_names.get(STAGES[event][0], ()))
        return macros_packet(event, values) if values else b""

    def _lost(self, trouble: FilterTrouble) -> Verdict:
        """Whoever gives bad answers is there, and no default action stands in for them."""
        if not isinstance(trouble, BadAnswer):
            return self._disconnect(str(trouble))
        self._log.bad_answer(self._filter.name, str(trouble))
        self._hang_up()
        self._of_session = MISCONFIGURED
        return MISCONFIGURED

    def _disconnect(self, reason: str) -> Verdict:
        """It is of no use any more in this session."""
        self._log.unusable(self._filter.name, reason)
        self._hang_up()
        return self._fail()

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _fail(self) -> Verdict:
        self._failed = True
        self._of_session = verdict = _WITHOUT[self._filter.default_action]
        return _of_one_event(verdict)


def _of_one_event(verdict: Verdict) -> Verdict:
    """Acceptance is no reason to keep the next filter from its say."""
    return Word.CONTINUE if verdict is Word.ACCEPT else verdict
