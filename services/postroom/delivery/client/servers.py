"""The hosts that SRV records name for a service, in the order to try them (RFC 2782)."""

import random
from collections.abc import Iterable
from typing import NamedTuple

from postroom.contracts.dns import Record


class Server(NamedTuple):
    """One record. ``host`` is empty where there is no such service."""

    host: str
    port: int
    priority: int
    weight: int

    @classmethod
    def of(cls, record: Record) -> "Server":
        """``weight port host`` (contracts.dns)."""
        weight, port, host = (*record.data.split(" "), "")[:3]
        return cls(host, int(port), record.preference, int(weight))


def in_order(servers: Iterable[Server]) -> list[Server]:
    """By priority; among equals a heavier one is more often before a lighter one."""
    left = sorted(servers, key=lambda one: one.priority)
    ordered: list[Server] = []
    while left:
        equals = [one for one in left if one.priority == left[0].priority]
        # One without weight has a chance, too, but a very small one.
        weights = [one.weight or 0.01 for one in equals]
        (chosen,) = random.choices(equals, weights)  # noqa: S311 (load, not secrets)
        left.remove(chosen)
        ordered.append(chosen)
    return ordered
