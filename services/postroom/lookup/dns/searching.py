"""Names that lack their domain, with those of resolv.conf(5) behind, as by res_search(3)."""

from collections.abc import Iterator

from msgspec import structs

from postroom.contracts.dns import Answer, Lookup, NoData, NoSuchName, TryAgain
from postroom.lookup.dns.reading import Result
from postroom.lookup.dns.resolv_conf import Resolvers
from postroom.lookup.dns.resolver import Resolver
from postroom.lookup.dns.watched_file import WatchedFile

# What is told where no name has records, the first of these that any of them had.
_WORST_FIRST = (TryAgain, NoData, NoSuchName)


class Search:
    """Asks ``resolver`` for one name after another; ``conf`` is what it goes by."""

    def __init__(self, resolver: Resolver, conf: WatchedFile[Resolvers]) -> None:
        self._resolver = resolver
        self._conf = conf

    async def resolve(self, name: str, question: Lookup) -> Result:
        """``name`` is that of the question, in the form that the resolver takes."""
        failures: list[Result] = []
        for candidate in candidates(name, question, self._conf.value):
            result = await self._resolver.resolve(candidate, question.record)
            if isinstance(result, Answer):
                return result if candidate == name else _of(candidate, result)
            failures.append(result)
        return min(failures, key=lambda failure: _WORST_FIRST.index(type(failure)))


def candidates(name: str, question: Lookup, conf: Resolvers) -> Iterator[str]:
    """Names to try in their order; one with a final dot is complete."""
    dots = name.count(".")
    incomplete = question.search if dots else question.default_domain
    domains = conf.search if question.search else conf.search[:1]
    if not incomplete or question.name.endswith("."):
        domains = ()
    if dots >= conf.ndots:
        yield name
    yield from (f"{name}.{domain}" for domain in domains)
    if dots < conf.ndots:
        yield name


def _of(name: str, answer: Answer) -> Answer:
    return answer if answer.canonical else structs.replace(answer, canonical=name)
