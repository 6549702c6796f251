"""Start virtual(8)."""

from postroom.delivery.agent import Agent
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.program import run_agent
from postroom.delivery.impersonation.tasks import AppendMbox, Task, WriteMaildir
from postroom.delivery.impersonation.worker import Skill, Worker
from postroom.delivery.mailbox.maildir import write_maildirs
from postroom.delivery.mailbox.mbox import append_mboxes
from postroom.delivery.virtual.delivery import VirtualDelivery
from postroom.delivery.virtual.settings import Settings
from postroom.maillog.delivery import DeliveryLog

SKILLS: dict[type[Task], Skill] = {AppendMbox: append_mboxes, WriteMaildir: write_maildirs}


def main() -> None:
    """The nursery is forked first, while this process is small and single-threaded."""
    run_agent(Nursery.start(Worker(SKILLS)), Settings, "virtual", _agent)


def _agent(settings: Settings, pool: WorkerPool, log: DeliveryLog) -> Agent:
    deliver = VirtualDelivery(settings, pool, log)
    return Agent(deliver, log, settings.soft_bounce, settings.virtual_delivery_status_filter)


if __name__ == "__main__":
    main()
