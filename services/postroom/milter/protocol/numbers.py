"""The letters and bits of the milter protocol (libmilter: mfdef.h)."""

from enum import Enum, IntEnum, IntFlag

# A packet of a filter that is longer is none: libmilter sends bodies in pieces of 65,535.
MAX_PACKET = 1024 * 1024
# What a filter gets of a body at a time, unless it asked for more, which nobody has to give.
BODY_PIECE = 65_535


class Event(Enum):
    """What a filter is told."""

    ABORT = b"A"
    BODY = b"B"
    CONNECT = b"C"
    MACRO = b"D"
    END_OF_BODY = b"E"
    HELO = b"H"
    HEADER = b"L"
    MAIL = b"M"
    END_OF_HEADER = b"N"
    OPTIONS = b"O"
    QUIT = b"Q"
    RCPT = b"R"
    DATA = b"T"
    UNKNOWN = b"U"


class Answer(Enum):
    """What a filter says."""

    ADD_RECIPIENT = b"+"
    DELETE_RECIPIENT = b"-"
    ADD_RECIPIENT_WITH_PARAMETERS = b"2"
    SHUTDOWN = b"4"
    ACCEPT = b"a"
    REPLACE_BODY = b"b"
    CONTINUE = b"c"
    DISCARD = b"d"
    CHANGE_SENDER = b"e"
    CONNECTION_FAILED = b"f"
    ADD_HEADER = b"h"
    INSERT_HEADER = b"i"
    CHANGE_HEADER = b"m"
    OPTIONS = b"O"
    PROGRESS = b"p"
    QUARANTINE = b"q"
    REJECT = b"r"
    SKIP = b"s"
    TRY_LATER = b"t"
    REPLY = b"y"


class Action(IntFlag):
    """What a filter may do to a message."""

    ADD_HEADERS = 0x1
    CHANGE_BODY = 0x2
    ADD_RECIPIENTS = 0x4
    DELETE_RECIPIENTS = 0x8
    CHANGE_HEADERS = 0x10
    QUARANTINE = 0x20
    CHANGE_SENDER = 0x40
    ADD_RECIPIENTS_WITH_PARAMETERS = 0x80
    NAME_MACROS = 0x100


class Step(IntFlag):
    """What a filter does not want to hear, or does not answer."""

    NO_CONNECT = 0x1
    NO_HELO = 0x2
    NO_MAIL = 0x4
    NO_RCPT = 0x8
    NO_BODY = 0x10
    NO_HEADER = 0x20
    NO_END_OF_HEADER = 0x40
    SILENT_HEADER = 0x80
    NO_UNKNOWN = 0x100
    NO_DATA = 0x200
    SKIP = 0x400
    REJECTED_RCPT = 0x800
    SILENT_CONNECT = 0x1000
    SILENT_HELO = 0x2000
    SILENT_MAIL = 0x4000
    SILENT_RCPT = 0x8000
    SILENT_DATA = 0x10000
    SILENT_UNKNOWN = 0x20000
    SILENT_END_OF_HEADER = 0x40000
    SILENT_BODY = 0x80000
    LEADING_SPACE = 0x100000


class MacroStage(IntEnum):
    """Where a filter may name the macros it wants."""

    CONNECT = 0
    HELO = 1
    MAIL = 2
    RCPT = 3
    DATA = 4
    END_OF_BODY = 5
    END_OF_HEADER = 6


# The steps that came with each version; an older filter does not know the others' bits.
_STEPS_OF_2 = (
    Step.NO_CONNECT
    | Step.NO_HELO
    | Step.NO_MAIL
    | Step.NO_RCPT
    | Step.NO_BODY
    | Step.NO_HEADER
    | Step.NO_END_OF_HEADER
)
_STEPS_OF_3 = _STEPS_OF_2 | Step.NO_UNKNOWN
_STEPS_OF_4 = _STEPS_OF_3 | Step.NO_DATA
STEPS = {2: _STEPS_OF_2, 3: _STEPS_OF_3, 4: _STEPS_OF_4, 6: Step(0x1FFFFF)}
# Offered in any version: a filter takes what it knows, as with Postfix.
ACTIONS = Action(0x1FF)

# Which step keeps an event from a filter, and which one its answer from us.
UNWANTED = {
    Event.CONNECT: Step.NO_CONNECT,
    Event.HELO: Step.NO_HELO,
    Event.MAIL: Step.NO_MAIL,
    Event.RCPT: Step.NO_RCPT,
    Event.DATA: Step.NO_DATA,
    Event.UNKNOWN: Step.NO_UNKNOWN,
    Event.HEADER: Step.NO_HEADER,
    Event.END_OF_HEADER: Step.NO_END_OF_HEADER,
    Event.BODY: Step.NO_BODY,
}
UNANSWERED = {
    Event.CONNECT: Step.SILENT_CONNECT,
    Event.HELO: Step.SILENT_HELO,
    Event.MAIL: Step.SILENT_MAIL,
    Event.RCPT: Step.SILENT_RCPT,
    Event.DATA: Step.SILENT_DATA,
    Event.UNKNOWN: Step.SILENT_UNKNOWN,
    Event.HEADER: Step.SILENT_HEADER,
    Event.END_OF_HEADER: Step.SILENT_END_OF_HEADER,
    Event.BODY: Step.SILENT_BODY,
}
