"""Answer the questions of contracts/rewrite."""

from typing import Any

from postroom.contracts.rewrite import Resolve, Resolved, Rewrite, Rewritten, TryAgain
from postroom.ipc.contract import Question
from postroom.lookup.trivial_rewrite.rewrite import Rewriter
from postroom.lookup.trivial_rewrite.routes import Routes
from postroom.maillog.trivial_rewrite import TrivialRewriteLog
from postroom.tables.table import TableError


class Answers:
    """``probes``: where probes of verify(8) go."""

    def __init__(
        self, rewriter: Rewriter, mail: Routes, probes: Routes, log: TrivialRewriteLog
    ) -> None:
        self._rewriter = rewriter
        self._mail = mail
        self._probes = probes
        self._log = log

    async def answer(self, question: Question[Any], _descriptors: list[int]) -> Any:
        try:
            match question:
                case Rewrite(context, addresses):
                    return Rewritten(tuple(self._rewriter.rewrite(a, context) for a in addresses))
                case Resolve(sender, addresses, probe):
                    routes = self._probes if probe else self._mail
                    return Resolved(await routes.of(sender, addresses))
        except TableError as error:
            self._log.table_trouble(str(error))
            return TryAgain(str(error))
