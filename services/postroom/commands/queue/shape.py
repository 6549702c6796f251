"""How queued mail is spread over domains and ages: the table of qshape(1)."""

from collections.abc import Iterator
from typing import NamedTuple

from postroom.contracts.showq import Entry

TOTAL = "TOTAL"
# Who has no domain: the sender of bounces.
_NOBODY = "MAILER-DAEMON"
# Columns of the whole table, and of a name at least.
MIN_WIDTH = 80
_MIN_NAME = 18
_MIN_COLUMN = 3


class Ages(NamedTuple):
    """``intervals`` of them, the first of ``unit`` minutes; each further one as long as all before
    it, or of ``unit`` minutes if ``linear``. The last has no end."""

    intervals: int = 10
    unit: int = 5
    linear: bool = False

    @property
    def limits(self) -> list[int]:
        """Where each but the last interval ends, in minutes."""
        steps = range(self.intervals - 1)
        return [self.unit * (i + 1) if self.linear else self.unit << i for i in steps]

    @property
    def headings(self) -> list[str]:
        limits = self.limits
        return ["T", *map(str, limits), f"{limits[-1] if limits else 0}+"]

    def interval(self, seconds: float) -> int:
        """The number of the interval an age belongs to, from 0."""
        return sum(seconds >= limit * 60 for limit in self.limits)


class Shape:
    """Counts recipients by their domains, or messages by that of their sender."""

    def __init__(self, ages: Ages, *, senders: bool, parents: bool) -> None:
        self._ages = ages
        self._senders = senders
        self._parents = parents
        # By domain: all, then by interval. A parent's name starts with a dot.
        self._counts: dict[str, list[int]] = {TOTAL: self._zeros()}
        self._children: dict[str, set[str]] = {}

    def add(self, entry: Entry, now: float) -> None:
        interval = self._ages.interval(now - entry.arrival)
        if self._senders:
            self._count(domain_of(entry.sender), interval)
        else:
            for recipient in entry.recipients:
                self._count(domain_of(recipient.address), interval)

    def table(self, width: int, min_children: int, top: int) -> Iterator[str]:
        """The lines: headings, all mail, then domains with the most first, ``top`` of them if
        that is not 0; parents only with so many children."""
        headings = self._ages.headings
        totals = self._counts[TOTAL]
        widths = [_column(h, n) for h, n in zip(headings, totals, strict=True)]
        name_width = max(max(width, MIN_WIDTH) - sum(widths), _MIN_NAME)
        yield _row("", headings, name_width, widths)
        for domain in self._shown(min_children)[: top or None]:
            yield _row(domain, map(str, self._counts[domain]), name_width, widths)

    def _count(self, domain: str, interval: int) -> None:
        for name in (TOTAL, domain, *(self._parents_of(domain) if self._parents else ())):
            counts = self._counts.setdefault(name, self._zeros())
            counts[0] += 1
            counts[interval + 1] += 1

    def _parents_of(self, domain: str) -> Iterator[str]:
        """``.b.c.d`` and ``.c.d`` of ``a.b.c.d``; top level domains say nothing."""
        child = domain
        labels = domain.split(".")
        for start in range(1, len(labels) - 1):
            parent = "." + ".".join(labels[start:])
            self._children.setdefault(parent, set()).add(child)
            yield parent
            child = parent

    def _shown(self, min_children: int) -> list[str]:
        def shown(name: str) -> bool:
            return not name.startswith(".") or len(self._children[name]) >= min_children

        def rank(name: str) -> tuple[bool, int, int, str]:
            return name != TOTAL, -self._counts[name][0], len(name), name

        return sorted(filter(shown, self._counts), key=rank)

    def _zeros(self) -> list[int]:
        return [0] * (self._ages.intervals + 1)


def domain_of(address: str) -> str:
    """In lower case and without the dots that some write around it."""
    domain = address.rpartition("@")[2].strip(".").lower()
    return domain if address else _NOBODY


def _column(heading: str, total: int) -> int:
    longest = max(len(heading), len(str(total)))
    return max(longest + 1, _MIN_COLUMN)


def _row(name: str, cells: Iterator[str] | list[str], name_width: int, widths: list[int]) -> str:
    """Names that are too long lose their beginning."""
    if len(name) > name_width:
        mark = ".+" if name.startswith(".") else "+"
        name = mark + name[len(mark) - name_width :]
    return f"{name:>{name_width}}" + "".join(
        f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True)
    )
