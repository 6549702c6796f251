"""How a session ends that its client does not end with QUIT, and what the log has of it."""

from postroom.esmtp.reply import Reply
from postroom.esmtp.server import END_OF_MESSAGE
from postroom.esmtp.states import State
from postroom.reception.smtpd.conversation.encounter import Encounter

_INSIDE_MESSAGE = frozenset({State.CONTENT, State.CHUNK})


class Ending:
    """Of one session."""

    def __init__(self, encounter: Encounter) -> None:
        self._desk, self._session, self._engine, self._transfer = encounter

    @property
    def place(self) -> str:
        """Where in the dialogue it happens."""
        engine = self._engine
        if engine.state in _INSIDE_MESSAGE:
            return f"{engine.verb} ({engine.content_size} bytes)"
        return engine.verb

    def timed_out(self) -> None:
        """The client said nothing for too long."""
        self._desk.log.timeout(self._queue_id, self.place, self._session.client)
        self._count_interrupted()
        self._say("4.4.2", "Error: timeout exceeded")

    def shut_down(self) -> None:
        """We are leaving."""
        self._say("4.3.2", "Service shutting down")

    def lost(self) -> None:
        """The client went away without QUIT; after a whole message that is nothing to tell of."""
        if self._engine.verb != END_OF_MESSAGE:
            self._desk.log.lost(self._queue_id, self.place, self._session.client)
        self._count_interrupted()
        self._engine.close()

    def failed(self) -> None:
        """We made a mistake; the log has it."""
        self._say("4.3.0", "Server local error")

    def overtaxed(self) -> None:
        """The client erred too often."""
        self._desk.log.too_many_errors(self._queue_id, self._engine.verb, self._session.client)
        self._say("4.7.0", "Error: too many errors")

    @property
    def _queue_id(self) -> str:
        return self._transfer.transaction.queue_id

    def _count_interrupted(self) -> None:
        if self._engine.state in _INSIDE_MESSAGE:
            self._session.count(self._engine.verb, accepted=False)

    def _say(self, status: str, text: str) -> None:
        self._engine.say(Reply(421, status, f"{self._desk.settings.myhostname} {text}"))
