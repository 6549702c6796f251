"""The states of an SMTP session on the server's side, and what each refuses: tables only."""

from enum import Enum, auto

from postroom.esmtp.command import (
    Bdat,
    Command,
    Data,
    Ehlo,
    Etrn,
    Helo,
    Mail,
    Rcpt,
    Rset,
    StartTls,
    Vrfy,
    Xclient,
    Xforward,
)
from postroom.esmtp.reply import Reply


class State(Enum):
    """Where a session stands; all but the last five wait for a command line."""

    START = auto()  # not greeted
    READY = auto()  # greeted, no transaction
    MAIL = auto()  # a sender, no recipient yet
    RCPT = auto()  # at least one recipient
    CHUNKS = auto()  # between two BDAT
    BROKEN_CHUNKS = auto()  # a BDAT failed: the rest of the message is read for nothing
    RESPONSE = auto()  # inside AUTH: the line that comes is no command
    HANDSHAKE = auto()  # between STARTTLS and TLS
    CONTENT = auto()  # inside DATA
    CHUNK = auto()  # inside the octets of a BDAT
    CLOSED = auto()


Refusals = dict[State, dict[type[Command], Reply]]

NEED_HELLO = Reply(503, "5.5.1", "Error: send HELO/EHLO first")
_NEED_MAIL = Reply(503, "5.5.1", "Error: need MAIL command")
_NEED_RCPT = Reply(503, "5.5.1", "Error: need RCPT command")
_NO_RECIPIENTS = Reply(554, "5.5.1", "Error: no valid recipients")
_NESTED = Reply(503, "5.5.1", "Error: nested MAIL command")
_IN_PROGRESS = Reply(503, "", "Error: MAIL transaction in progress")
_NOT_IN_TRANSACTION = Reply(503, "5.5.1", "Error: MAIL transaction in progress")
# Nobody becomes somebody else within a message.
_SAME_CLIENT: dict[type[Command], Reply] = {
    Xclient: _NOT_IN_TRANSACTION,
    Xforward: _NOT_IN_TRANSACTION,
}
_OUTSIDE: dict[type[Command], Reply] = {Rcpt: _NEED_MAIL, Data: _NEED_RCPT, Bdat: _NEED_RCPT}
_BETWEEN_CHUNKS: dict[type[Command], Reply] = {
    **_SAME_CLIENT,
    Mail: Reply(503, "5.5.1", "Error: MAIL after BDAT"),
    Rcpt: Reply(503, "5.5.1", "Error: RCPT after BDAT"),
    Data: Reply(503, "5.5.1", "Error: DATA after BDAT"),
    Etrn: _IN_PROGRESS,
}

# RFC 5321 section 4.1.4, RFC 3030 section 2: the order of commands. What is not here is allowed.
REFUSALS: Refusals = {
    State.START: _OUTSIDE,
    State.READY: _OUTSIDE,
    State.MAIL: {
        **_SAME_CLIENT,
        Mail: _NESTED,
        Data: _NO_RECIPIENTS,
        Bdat: _NO_RECIPIENTS,
        Etrn: _IN_PROGRESS,
    },
    State.RCPT: {**_SAME_CLIENT, Mail: _NESTED, Etrn: _IN_PROGRESS},
    State.CHUNKS: _BETWEEN_CHUNKS,
    State.BROKEN_CHUNKS: _BETWEEN_CHUNKS,
}
# The same where a client has to greet first (main.cf: smtpd_helo_required).
GREETING_REFUSALS: Refusals = {
    **REFUSALS,
    State.START: {**_OUTSIDE, Mail: NEED_HELLO, Vrfy: NEED_HELLO, Etrn: NEED_HELLO},
}

# Where a command leads when its reply is positive. What is not here changes nothing.
_ADVANCES: dict[type[Command], State] = {
    Helo: State.READY,
    Ehlo: State.READY,
    Mail: State.MAIL,
    Rcpt: State.RCPT,
    Data: State.CONTENT,
    Rset: State.READY,
    StartTls: State.HANDSHAKE,
}


def state_after(command: Command, state: State) -> State:
    """The state behind a command that was accepted in ``state``."""
    if state is State.START and type(command) is Rset:
        return state
    if isinstance(command, Xclient):
        # As if it had just come, but for the name that it was given with its address.
        return State.READY if command.helo else State.START
    return _ADVANCES.get(type(command), state)
