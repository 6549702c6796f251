"""How a session ends that its client does not end with QUIT, and what the log has of it."""

from postroom.esmtp.reply import Reply
from postroom.esmtp.server import END_OF_MESSAGE, ServerEngine
from postroom.esmtp.states import State
from postroom.reception.smtpd.conversation.encounter import Encounter

_INSIDE_MESSAGE = frozenset({State.CONTENT, State.CHUNK})


def timed_out(encounter: Encounter) -> None:
    """The client said nothing for too long."""
    desk, session, engine, transfer = encounter
    desk.log.timeout(transfer.transaction.queue_id, place(engine), session.client)
    _count_interrupted(encounter)
    _say(encounter, "4.4.2", "Error: timeout exceeded")


def shut_down(encounter: Encounter) -> None:
    """We are leaving."""
    _say(encounter, "4.3.2", "Service shutting down")


def lost(encounter: Encounter) -> None:
    """The client went away without QUIT; after a whole message that is nothing to tell of."""
    desk, session, engine, transfer = encounter
    if engine.verb != END_OF_MESSAGE:
        desk.log.lost(transfer.transaction.queue_id, place(engine), session.client)
    _count_interrupted(encounter)
    engine.close()


def failed(encounter: Encounter) -> None:
    """We made a mistake; the log has it."""
    _say(encounter, "4.3.0", "Server local error")


def overtaxed(encounter: Encounter) -> None:
    """The client erred too often."""
    desk, session, engine, transfer = encounter
    desk.log.too_many_errors(transfer.transaction.queue_id, engine.verb, session.client)
    _say(encounter, "4.7.0", "Error: too many errors")


def place(engine: ServerEngine) -> str:
    """Where in the dialogue something happens."""
    if engine.state in _INSIDE_MESSAGE:
        return f"{engine.verb} ({engine.content_size} bytes)"
    return engine.verb


def _count_interrupted(encounter: Encounter) -> None:
    if encounter.engine.state in _INSIDE_MESSAGE:
        encounter.session.count(encounter.engine.verb, accepted=False)


def _say(encounter: Encounter, status: str, text: str) -> None:
    host = encounter.desk.settings.myhostname
    encounter.engine.say(Reply(421, status, f"{host} {text}"))
