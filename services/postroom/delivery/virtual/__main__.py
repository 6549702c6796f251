"""Start virtual(8)."""

from postroom.delivery.agent import Agent
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.tasks import AppendMbox, Task, WriteMaildir
from postroom.delivery.impersonation.worker import Skill, Worker
from postroom.delivery.mailbox.maildir import write_maildirs
from postroom.delivery.mailbox.mbox import append_mboxes
from postroom.delivery.virtual.delivery import VirtualDelivery
from postroom.delivery.virtual.settings import Settings
from postroom.maillog.delivery import DeliveryLog
from postroom.maillog.forms import Forms
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run

SKILLS: dict[type[Task], Skill] = {AppendMbox: append_mboxes, WriteMaildir: write_maildirs}


def main() -> None:
    """The nursery is forked first, while this process is small and single-threaded."""
    nursery = Nursery.start(Worker(SKILLS))

    async def serve(service: Service) -> None:
        settings = read_settings(Settings)
        log = DeliveryLog.open(
            settings.syslog_name,
            "virtual",
            Forms.of(settings.info_log_address_format, settings.delay_logging_resolution_limit),
        )
        pool = WorkerPool(nursery, settings.process_limit)
        nursery.when_gone(service.activity.leave)
        deliver = VirtualDelivery(settings, pool, log)
        agent = Agent(deliver, log, settings.soft_bounce, settings.virtual_delivery_status_filter)
        await agent.serve(service, settings.max_idle)
        pool.close()

    run(serve)


if __name__ == "__main__":
    main()
