"""Where every letter ended."""

from collections import Counter
from pathlib import Path

from crash.letters import Kind, Letter, number_in


class Found:
    """How often each letter was found, by the place it was meant for."""

    def __init__(self, maildir: Path, arrived: Counter[int]) -> None:
        self.places: dict[Kind, Counter[int]] = {
            Kind.LOCAL: Counter(),
            Kind.BOUNCED: Counter(),
            Kind.RELAYED: arrived,
            Kind.DEFERRED: arrived,
        }
        for file in (maildir / "new").glob("*"):
            content = file.read_bytes()
            number = number_in(content)
            if number is not None:
                self.places[_kind_of(content)][number] += 1

    def lost(self, acknowledged: list[Letter]) -> list[tuple[int, Kind]]:
        return [
            (letter.number, kind)
            for letter in acknowledged
            for kind in letter.kinds
            if not self.places[kind][letter.number]
        ]

    def returned(self, number: int) -> bool:
        """Whether the sender was told that a letter could not be delivered."""
        return self.places[Kind.BOUNCED][number] > 0

    def duplicates(self, acknowledged: list[Letter]) -> Counter[Kind]:
        """Copies beyond the first."""
        extra: Counter[Kind] = Counter()
        for letter in acknowledged:
            for kind in letter.kinds:
                extra[kind] += max(0, self.places[kind][letter.number] - 1)
        return extra


def _kind_of(content: bytes) -> Kind:
    return Kind.BOUNCED if content.startswith(b"Return-Path: <>") else Kind.LOCAL
