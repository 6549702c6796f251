"""What every delivery agent does around its own work: take requests, answer them, leave."""

import logging
import os
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from postroom.contracts.delivery import CONTRACT, Deliver, Report
from postroom.delivery.attempt import Attempt, Revision
from postroom.delivery.content import Content
from postroom.delivery.memory import Memory
from postroom.ipc.contract import BrokenContract, Question
from postroom.ipc.server import Answerer, Caller
from postroom.ipc.serving import serve_contract
from postroom.maillog.delivery import DeliveryLog
from postroom.systemd.service import Service

_log = logging.getLogger(__name__)

# Settles every recipient of the attempt; whom it leaves out counts as deferred.
Deliverer = Callable[[Attempt], Awaitable[None]]


class Agent:
    """Answers the queue manager's requests by means of one ``deliver`` function.

    ``status_filter`` and ``soft_bounce`` are the agent's parameters of these names; one that
    does not see files has proxymap(8) asked.
    """

    def __init__(
        self,
        deliver: Deliverer,
        log: DeliveryLog,
        soft_bounce: bool = False,
        status_filter: Sequence[str] = (),
        *,
        sees_files: bool = True,
    ) -> None:
        self._deliver = deliver
        self._log = log
        self._soft_bounce = soft_bounce
        self._revise = _revision(status_filter, log, sees_files)
        self._memory = Memory()

    async def serve(self, service: Service, max_idle: float) -> None:
        """Serve the socket ``delivery`` until there was nothing to do for ``max_idle`` seconds."""
        await serve_contract(service, CONTRACT, self.answerer_for, max_idle)

    def answerer_for(self, _: Caller) -> Answerer:
        return self._answer

    async def _answer(self, question: Question[Any], descriptors: list[int]) -> Report:
        assert isinstance(question, Deliver)
        content = _content(question, descriptors)
        try:
            return await self._memory.once(question, lambda: self._attempt(question, content))
        finally:
            content.close()

    async def _attempt(self, question: Deliver, content: Content) -> Report:
        attempt = Attempt(question, content, self._log, self._soft_bounce, self._revise)
        try:
            await self._deliver(attempt)
        except Exception:
            _log.exception("%s: delivery failed", question.queue_id)
            attempt.settle_rest("4.3.0", "unknown mail transport error")
        await attempt.revise()
        return attempt.report()


def _revision(names: Sequence[str], log: DeliveryLog, sees_files: bool) -> Revision | None:
    if not names:
        return None
    # Few have one, and tables take a while to load.
    from postroom.delivery.status_filter import StatusFilter  # noqa: PLC0415
    from postroom.tables import Maps  # noqa: PLC0415
    from postroom.tables.proxied import ProxiedTable  # noqa: PLC0415

    if sees_files:
        return StatusFilter(Maps(names), log).revised
    return StatusFilter(Maps.of(map(ProxiedTable, names)), log).revised


def _content(request: Deliver, descriptors: list[int]) -> Content:
    expected = 0 if request.content is not None else 1
    if len(descriptors) != expected:
        for descriptor in descriptors:
            os.close(descriptor)
        raise BrokenContract("delivery: content neither in the request nor beside it")
    if request.content is not None:
        return Content(request.size, data=request.content)
    return Content(request.size, descriptor=descriptors[0], offset=request.offset)
