"""What the server's end of a session has to say, until it is sent."""

from collections.abc import Iterable

from postroom.esmtp.reply import Reply
from postroom.esmtp.server_events import Witness


class ServerOutput:
    """Replies gather here, so that all those to a group of commands leave together (RFC 2920
    section 3.2).

    With ``soft_bounce`` no refusal is final (postconf(5)). With ``holds_refusals`` nothing is sent
    from a refusal on until what is ``held`` is released.
    """

    def __init__(self, *, soft_bounce: bool) -> None:
        self.witness: Witness | None = None
        self.holds_refusals = False
        self.held: list[Reply] = []
        self._soft_bounce = soft_bounce
        self._wire: list[bytes] = []

    def put(self, reply: Reply) -> None:
        if self.holds_refusals and (self.held or reply.code >= 400):
            self.held.append(reply)
        else:
            self._send(reply)

    def release(self, replies: Iterable[Reply]) -> None:
        """Send these in place of those that are held."""
        self.held = []
        for reply in replies:
            self._send(reply)

    def tease(self, text: str) -> None:
        """The first line of a greeting that goes on (RFC 5321 section 4.2.1)."""
        self._wire.append(Reply(220, "", f"{text}\n").wire.partition(b"\n")[0] + b"\n")

    def take(self) -> bytes:
        """All that is to be sent since the last call."""
        wire = self._wire
        taken = wire[0] if len(wire) == 1 else b"".join(wire)
        wire.clear()
        return taken

    def _send(self, reply: Reply) -> None:
        if self._soft_bounce:
            reply = reply.softened
        self._wire.append(reply.wire)
        if self.witness is not None:
            self.witness.said(reply)
