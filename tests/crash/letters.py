"""The messages of a crash run: each carries a number, and each kind ends in another place."""

from dataclasses import dataclass
from enum import Enum

HEADER = "X-Crash-Number"


class Kind(Enum):
    """Where a message is to be found in the end."""

    LOCAL = "alice@example.org"
    RELAYED = "anybody@sink.example.net"
    DEFERRED = "anybody@dead.example.net"
    BOUNCED = "nobody-here@virtual.example.org"


@dataclass(frozen=True)
class Letter:
    number: int
    kinds: tuple[Kind, ...]
    size: int

    def text(self) -> str:
        return f"Subject: {self.number}\n{HEADER}: {self.number}\n\n{self.body()}"

    def body(self) -> str:
        line = f"{self.number:08d} " * 8
        return f"{line}\n" * (self.size // len(line) + 1)


def letter(number: int) -> Letter:
    """A fixed mix: mostly small and local, every 50th large (a file of its own in the spool)."""
    mix = (
        (Kind.LOCAL,),
        (Kind.LOCAL,),
        (Kind.RELAYED,),
        (Kind.LOCAL, Kind.RELAYED),
        (Kind.LOCAL,),
        (Kind.DEFERRED,),
        (Kind.RELAYED,),
        (Kind.BOUNCED,),
        (Kind.LOCAL, Kind.DEFERRED),
        (Kind.LOCAL,),
    )
    return Letter(number, mix[number % len(mix)], 200_000 if number % 50 == 25 else 1000)


def number_in(content: bytes) -> int | None:
    """The number of the letter that ``content`` is, or that it reports about."""
    _, found, rest = content.partition(HEADER.encode() + b": ")
    return int(rest.split(maxsplit=1)[0]) if found else None
