"""What was said to whom before a crash, and what of it the disk does not bear out."""

from collections import Counter

from crash.disk.recording import ACKNOWLEDGED
from crash.letters import Kind, Letter, letter
from crash.power.remains import Place, Remains


class Promises:
    """Grows with the marks of a write log."""

    def __init__(self) -> None:
        self.acknowledged: list[Letter] = []
        # Letters that the host they are relayed to said it has.
        self._arrived: Counter[int] = Counter()

    def note(self, mark: str) -> None:
        kind, number = mark.split()
        if kind == ACKNOWLEDGED:
            self.acknowledged.append(letter(int(number)))
        else:
            self._arrived[int(number)] += 1

    @property
    def count(self) -> int:
        """How many acknowledged recipients there are to be looked for."""
        return sum(len(each.kinds) for each in self.acknowledged)

    def broken(self, remains: Remains) -> list[tuple[int, Kind]]:
        """Who neither got an acknowledged letter nor will get it."""
        there = {(place.number, place.kind) for place in (*remains.held, *remains.filed)}
        return [
            (each.number, kind)
            for each in self.acknowledged
            for kind in each.kinds
            if (each.number, kind) not in there and not self.has_arrived(each.number, kind)
        ]

    def repeated(self, remains: Remains) -> Counter[Kind]:
        """Who will get a letter again. A Maildir takes a message of the same queue id once."""
        again: Counter[Kind] = Counter()
        for place in remains.held:
            if place.kind is Kind.RELAYED:
                again[Kind.RELAYED] += self.has_arrived(place.number, Kind.RELAYED)
            elif place.kind in (Kind.LOCAL, Kind.BOUNCED):
                again[place.kind] += _filed_otherwise(place, remains)
        return again

    def has_arrived(self, number: int, kind: Kind) -> bool:
        """Whether the host that the letter is relayed to has it."""
        return kind is Kind.RELAYED and self._arrived[number] > 0


def _filed_otherwise(place: Place, remains: Remains) -> bool:
    return any(
        filed.number == place.number and filed.kind is place.kind
        for filed in remains.filed
        if filed.queue_id != place.queue_id
    )
