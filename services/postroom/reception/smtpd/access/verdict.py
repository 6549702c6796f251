"""What a restriction says: nothing, permit, or a reply that refuses."""

from msgspec import Struct

from postroom.esmtp.reply import Reply


class Verdict(Struct, frozen=True):
    """``reply`` set means refused. Compare with DUNNO and PERMIT by identity."""

    reply: Reply | None = None


DUNNO = Verdict()
PERMIT = Verdict()


def refused(code: int, status: str, text: str) -> Verdict:
    """The class of the enhanced status is that of the code, so that both always agree."""
    return Verdict(Reply(code, f"{code // 100}{status[1:]}", text))


class TryLater(Exception):
    """No verdict can be found now; ``reply`` is a 4xx."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.line)
        self.reply = reply


class Misconfigured(Exception):
    """A restriction makes no sense; the text is for the log, the client gets a 451."""


SERVER_CONFIGURATION = Reply(451, "4.3.5", "Server configuration error")
