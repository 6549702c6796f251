"""How bad a client is by DNS lists: the sum of the weights of those that it is on."""

import asyncio
from typing import NamedTuple

from postroom.contracts.dns import RecordType
from postroom.reception.smtpd.access.dns_lists import DnsList, parse_list, reversed_address
from postroom.reception.smtpd.lookups.names import Names


class WeightedList(NamedTuple):
    """``domain=pattern*weight`` (postconf(5), postscreen_dnsbl_sites)."""

    sites: DnsList
    weight: int


class Rank(NamedTuple):
    """``site`` is the list that says most against the client."""

    score: int
    site: str


def parse_weighted(text: str) -> WeightedList:
    """Raises ValueError, or Misconfigured of the list itself."""
    name, star, weight = text.rpartition("*")
    if not star:
        return WeightedList(parse_list(text), 1)
    return WeightedList(parse_list(name), int(weight))


async def rank(lists: tuple[WeightedList, ...], address: str, names: Names, seconds: float) -> Rank:
    """Lists that do not answer in time have nothing against anybody."""
    query = reversed_address(address)
    if not query:
        return Rank(0, "")
    found: list[WeightedList] = []
    tasks = [asyncio.ensure_future(_ask(one, query, names, found)) for one in lists]
    await asyncio.wait(tasks, timeout=seconds)
    for task in tasks:
        task.cancel()
    worst = max(found, key=lambda one: one.weight, default=None)
    return Rank(sum(one.weight for one in found), worst.sites.domain if worst else "")


async def _ask(one: WeightedList, query: str, names: Names, found: list[WeightedList]) -> None:
    answer = await names.records(f"{query}.{one.sites.domain}", RecordType.A)
    if isinstance(answer, tuple) and any(map(one.sites.counts, answer)):
        found.append(one)
