"""Ask trivial-rewrite to put addresses in form, and remember its answers for a second."""

import asyncio
from collections.abc import Sequence
from typing import Final

from postroom.cleanup.refusal import WRITE_PROBLEM, Refusal
from postroom.contracts.rewrite import Context, Rewrite, TryAgain
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.maillog.cleanup import CleanupLog

# How long trivial-rewrite allows an answer to be used, and how many we keep in that time.
MEMORY_SECONDS: Final = 1.0
MEMORY_SIZE: Final = 10_000
# The contract's bound on addresses per question.
BATCH: Final = 1000


class Rewriter:
    """Addresses in, addresses out, both in internal form and in the same order."""

    def __init__(self, client: Client, log: CleanupLog) -> None:
        self._client = client
        self._log = log
        self._known: dict[tuple[Context, str], str] = {}
        self._until = 0.0

    async def rewrite(
        self, addresses: Sequence[str], context: Context = Context.LOCAL
    ) -> list[str]:
        """Raises Refusal when trivial-rewrite cannot tell; the null address stays as it is."""
        self._forget_the_old()
        known = self._known  # stays ours, even if it is replaced while we wait
        missing = {a for a in addresses if a and (context, a) not in known}
        for start in range(0, len(missing), BATCH):
            batch = sorted(missing)[start : start + BATCH]
            answers = zip(batch, await self._ask(batch, context), strict=True)
            known.update(((context, old), new) for old, new in answers)
        return [known[context, a] if a else a for a in addresses]

    async def one(self, address: str) -> str:
        return (await self.rewrite((address,)))[0]

    def _forget_the_old(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._until or len(self._known) > MEMORY_SIZE:
            self._known = {}
            self._until = now + MEMORY_SECONDS

    async def _ask(self, batch: list[str], context: Context) -> tuple[str, ...]:
        try:
            answer = await self._client.ask(Rewrite(context, tuple(batch)))
        except Unavailable as error:
            self._log.rewrite_problem(batch[0], str(error))
            raise Refusal(WRITE_PROBLEM) from None
        if isinstance(answer, TryAgain):
            self._log.rewrite_problem(batch[0], answer.reason)
            raise Refusal(WRITE_PROBLEM)
        if len(answer.addresses) != len(batch):
            self._log.rewrite_problem(batch[0], "wrong number of answers")
            raise Refusal(WRITE_PROBLEM)
        return answer.addresses
