"""Run a delivery agent whose work is done by workers of a nursery."""

from collections.abc import Callable
from typing import TypeVar

from postroom.delivery.agent import Agent
from postroom.delivery.agent_log import open_log
from postroom.delivery.agent_settings import WorkerSettings
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.maillog.delivery import DeliveryLog
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run

S = TypeVar("S", bound=WorkerSettings)


def run_agent(
    nursery: Nursery,
    kind: type[S],
    program: str,
    agent_of: Callable[[S, WorkerPool, DeliveryLog], Agent],
    *,
    shared: bool = False,
) -> None:
    """``shared``: half of the workers are for the others, whatever one user's mail waits for."""

    async def serve(service: Service) -> None:
        settings = read_settings(kind)
        log = open_log(settings, program)
        share = (settings.process_limit + 1) // 2 if shared else 0
        pool = WorkerPool(nursery, settings.process_limit, share)
        nursery.when_gone(service.activity.leave)
        await agent_of(settings, pool, log).serve(service, settings.max_idle)
        pool.close()

    run(serve)
