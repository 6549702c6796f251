"""virtual(5): one recipient becomes others, by virtual_alias_maps, until nothing matches."""

from typing import Final, NamedTuple

from postroom.cleanup.lookup import Lookup, NamedMaps
from postroom.cleanup.refusal import EXPANSION_PROBLEM, Refusal
from postroom.cleanup.rewriting import Rewriter
from postroom.cleanup.settings import Settings
from postroom.maillog.cleanup import CleanupLog
from postroom.tables import Maps

PARAMETER: Final = "virtual_alias_maps"


class _Limits(NamedTuple):
    expansion: int
    recursion: int
    length: int


class _Alias(NamedTuple):
    """One address on the way from a recipient to where its mail goes."""

    address: str
    parent: "_Alias | None" = None
    depth: int = 0

    @property
    def key(self) -> str:
        return self.address.lower()

    def leads_to_itself(self) -> bool:
        ancestor = self.parent
        while ancestor is not None and ancestor.key != self.key:
            ancestor = ancestor.parent
        return ancestor is not None


class Aliases:
    """Expands recipients within virtual_alias_{expansion,recursion,address_length}_limit."""

    def __init__(
        self, settings: Settings, lookup: Lookup, rewriter: Rewriter, log: CleanupLog
    ) -> None:
        self._lookup = lookup
        self._rewriter = rewriter
        self._log = log
        propagate = "virtual" in settings.propagate_unmatched_extensions
        self._tables = NamedMaps(PARAMETER, Maps(settings.virtual_alias_maps), propagate)
        self._limits = _Limits(
            settings.virtual_alias_expansion_limit,
            settings.virtual_alias_recursion_limit,
            settings.virtual_alias_address_length_limit,
        )

    async def expand(self, queue_id: str, address: str) -> list[str]:
        """Where mail for ``address`` goes: itself, if no table knows it. Raises Refusal.

        Each address is looked up once; one that was expanded elsewhere adds nothing new. One that
        is among its own results stays. One that others lead back to has no end, which is a mistake
        in the table, and no mail may be lost by it.
        """
        if not self._tables.maps:
            return [address]
        final: list[str] = []
        seen: set[str] = set()
        staying: set[str] = set()
        waiting = [_Alias(address)]
        while waiting:
            alias = waiting.pop()
            if not alias.address or alias.key in staying:
                final.append(alias.address)
                continue
            if alias.key in seen:
                if alias.leads_to_itself():
                    self._refuse(queue_id, address, "nesting")
                continue
            results = await self._lookup.find(queue_id, self._tables, alias.address)
            if results is None:
                final.append(alias.address)
                continue
            seen.add(alias.key)
            results = await self._rewriter.rewrite(results)
            self._check(queue_id, address, results, alias.depth + 1)
            following = [_Alias(result, alias, alias.depth + 1) for result in reversed(results)]
            staying.update(one.key for one in following if one.key == alias.key)
            waiting += following
            if len(waiting) + len(final) > self._limits.expansion:
                self._refuse(queue_id, address, "expansion size")
        return final

    def _check(self, queue_id: str, address: str, results: list[str], depth: int) -> None:
        if depth > self._limits.recursion:
            self._refuse(queue_id, address, "nesting")
        for result in results:
            if len(result) > self._limits.length:
                self._log.overlong(queue_id, PARAMETER, result)
                raise Refusal(EXPANSION_PROBLEM)

    def _refuse(self, queue_id: str, address: str, what: str) -> None:
        self._log.unreasonable(queue_id, PARAMETER, what, address)
        raise Refusal(EXPANSION_PROBLEM)
