"""Start local(8)."""

from pathlib import Path
from typing import NamedTuple

from postroom.contracts.cleanup import CONTRACT as CLEANUP
from postroom.contracts.cleanup import Handling
from postroom.contracts.intake import Intake
from postroom.contracts.rewrite import CONTRACT as REWRITE
from postroom.delivery.agent import Agent
from postroom.delivery.command.running import run_commands
from postroom.delivery.impersonation.nursery import Nursery
from postroom.delivery.impersonation.pool import WorkerPool
from postroom.delivery.impersonation.program import run_agent
from postroom.delivery.impersonation.tasks import (
    Announce,
    AppendMbox,
    ReadList,
    RunCommand,
    Task,
    UnlessForwarded,
    WriteMaildir,
)
from postroom.delivery.impersonation.worker import Skill, Worker
from postroom.delivery.local.aliases import Aliases
from postroom.delivery.local.delivery import LocalDelivery, Office
from postroom.delivery.local.expansion import Sources
from postroom.delivery.local.filing import filing_of
from postroom.delivery.local.forward_file import unless_forwarded
from postroom.delivery.local.forward_paths import ForwardPaths
from postroom.delivery.local.list_file import copy_lists
from postroom.delivery.local.lists import Lists
from postroom.delivery.local.mailman import Means
from postroom.delivery.local.passing import Passing
from postroom.delivery.local.preferences import Preferences
from postroom.delivery.local.progress import Progress
from postroom.delivery.local.settings import Settings
from postroom.delivery.local.users import Users
from postroom.delivery.local.ways import Ways
from postroom.delivery.mailbox.maildir import write_maildirs
from postroom.delivery.mailbox.mbox import append_mboxes
from postroom.delivery.turns import Turns
from postroom.ipc.client import Client
from postroom.maillog.delivery import DeliveryLog
from postroom.systemd.places import socket_path, state_directory
from postroom.tables.match_list import DomainList

SKILLS: dict[type[Task], Skill] = {
    AppendMbox: append_mboxes,
    RunCommand: run_commands,
    WriteMaildir: write_maildirs,
    ReadList: copy_lists,
    Announce: lambda jobs: [job.task.result for job in jobs],
}
SKILLS[UnlessForwarded] = unless_forwarded(SKILLS)


class Peers(NamedTuple):
    """Who is asked: for where addresses go, and to take what is sent on."""

    rewrite: Client
    intake: Intake


def office_of(
    settings: Settings, pool: WorkerPool, log: DeliveryLog, peers: Peers, state: Path
) -> Office:
    """Everything a recipient goes through, joined."""
    sources = Sources(
        Aliases(settings.alias_maps),
        DomainList(settings.mydestination, parents=False),
        Ways(settings, peers.rewrite),
        Users(),
        ForwardPaths(settings),
        Lists(pool),
    )
    turns = Turns(settings.destination_concurrency_limit)
    passing = Passing(settings.service_name, log)
    return Office(
        settings,
        sources,
        Means(settings, pool, turns, passing, Preferences(settings), filing_of(settings)),
        peers.intake,
        Progress(state / settings.service_name),
        log,
    )


def main() -> None:
    """The nursery is forked first, while this process is small and single-threaded."""
    run_agent(Nursery.start(Worker(SKILLS)), Settings, "local", _agent, shared=True)


def _agent(settings: Settings, pool: WorkerPool, log: DeliveryLog) -> Agent:
    intake = Intake(
        Client(socket_path(settings.cleanup_service_name), CLEANUP),
        Handling.internal("forward").detecting("forward", settings.smtputf8_autodetect_classes),
    )
    peers = Peers(Client(socket_path(REWRITE.name), REWRITE), intake)
    deliver = LocalDelivery(office_of(settings, pool, log, peers, state_directory()))
    return Agent(deliver, log, settings.soft_bounce, settings.local_delivery_status_filter)


if __name__ == "__main__":
    main()
