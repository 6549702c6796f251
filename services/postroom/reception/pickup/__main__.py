"""Start pickup(8)."""

from pathlib import Path

from postroom.contracts import pickup, submitted
from postroom.contracts.cleanup import CONTRACT as CLEANUP
from postroom.contracts.cleanup import Handling, Ready
from postroom.contracts.intake import Intake
from postroom.ipc.client import Client
from postroom.ipc.contract import Question
from postroom.ipc.serving import server_of
from postroom.maillog.forms import Forms
from postroom.maillog.pickup import PickupLog
from postroom.reception.login_senders import LoginSenders
from postroom.reception.pickup.carrier import Carrier, Outlet
from postroom.reception.pickup.collector import Collector
from postroom.reception.pickup.listing import Listing
from postroom.reception.pickup.rounds import Rounds
from postroom.reception.pickup.settings import Settings
from postroom.reception.submitters import Submitters
from postroom.spool.maildrop import OPEN_DIRECTORY, prepare
from postroom.systemd.credentials import read_settings
from postroom.systemd.places import socket_path, state_directory
from postroom.systemd.service import Service, run
from postroom.tables.user_list import UserList


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = PickupLog.open(settings, "pickup", Forms.of(settings.info_log_address_format))
    restricted = settings.submission_mode == "restricted"
    directory = prepare(state_directory(), log.warning, restricted=restricted)
    collector = _collector(settings, directory, log)
    carrier = Carrier(directory, _outlet(settings), log, settings.myhostname, collector.collect)
    rounds = Rounds(carrier, service.activity, log)

    async def answer(_question: Question[Ready], _descriptors: list[int]) -> Ready:
        rounds.wake()
        return Ready()

    listing = Listing(state_directory(), UserList(settings.authorized_mailq_users), log)
    servers = (
        server_of(service, pickup.CONTRACT, lambda _: answer),
        server_of(service, submitted.CONTRACT, listing.answerer_for),
    )
    rounds.wake()
    await service.serve_until_idle(settings.max_idle)
    for server in servers:
        server.close()


def _outlet(settings: Settings) -> Outlet:
    cleanup = Client(socket_path(settings.cleanup_service_name), CLEANUP)
    classes = settings.smtputf8_autodetect_classes
    handling = Handling.external(settings.receive_override_options)
    return Outlet(
        Intake(cleanup, handling.detecting("sendmail", classes)),
        Intake(cleanup, Handling.internal("bounce").detecting("bounce", classes)),
        settings.content_filter,
        settings.sendmail_fix_line_endings,
    )


def _collector(settings: Settings, directory: Path, log: PickupLog) -> Collector:
    return Collector(
        state_directory() / OPEN_DIRECTORY,
        directory,
        log,
        limit=settings.message_size_limit,
        submitters=Submitters(settings.authorized_submit_users),
        senders=LoginSenders.of(settings, log.warning),
        myhostname=settings.myhostname,
    )


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
