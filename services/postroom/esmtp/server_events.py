"""What the server's end of a session makes of what a client says, and who may listen."""

from typing import Protocol

from msgspec import Struct

from postroom.esmtp.command import Command
from postroom.esmtp.content import Content
from postroom.esmtp.reply import Reply


class Chunk(Struct, frozen=True):
    """The octets of a BDAT that is not the last are in; ``size`` is their number."""

    size: int


class Refusal(Struct, frozen=True):
    """A command that broke grammar or order got ``reply``, which is in the output already;
    ``no_address`` stands where it should have an address."""

    verb: str
    reply: Reply
    no_address: str = ""


class Response(Struct, frozen=True):
    """What the client said to a challenge of AUTH; ``line`` is None if that was too long."""

    line: bytes | None


class Uttered(Struct, frozen=True):
    """A line that should be a command; to be ``understood`` once it is known what it means."""

    line: bytes


Event = Command | Content | Chunk | Response | Refusal | Uttered


class Witness(Protocol):
    """Hears a session, content left out."""

    def heard(self, line: bytes) -> None:
        """The client sent a command, or what should have been one; without its line end."""

    def said(self, reply: Reply) -> None:
        """We answered, or spoke first."""
