"""Start postdrop."""

from postroom.contracts.pickup import CONTRACT as PICKUP
from postroom.ipc.client import Client
from postroom.maillog.postdrop import PostdropLog
from postroom.reception.login_senders import LoginSenders
from postroom.reception.postdrop.bell import Bell
from postroom.reception.postdrop.doorman import Doorman
from postroom.reception.postdrop.room import Room
from postroom.reception.postdrop.session import Events, Session
from postroom.reception.postdrop.settings import Settings
from postroom.reception.submitters import Submitters
from postroom.spool.maildrop import prepare
from postroom.systemd.credentials import read_settings
from postroom.systemd.places import socket_path, state_directory
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = PostdropLog.open(settings, "postdrop")
    directory = prepare(state_directory(), log.warning)
    bell = Bell(Client(socket_path("pickup"), PICKUP), log)

    def homeless() -> None:
        """The next start makes the directory anew; where that is not ours to do, pickup does."""
        bell.ring()
        service.activity.leave()

    session = Session(
        directory,
        settings.message_size_limit,
        Room(settings.queue_minfree),
        log,
        submitters=Submitters(settings.authorized_submit_users),
        senders=LoginSenders.of(settings, log.warning),
        events=Events(taken=bell.ring, homeless=homeless),
    )
    doorman = Doorman(session, service.activity, service.listener("postdrop"))
    await service.serve_until_idle(settings.max_idle)
    doorman.leave()
    await bell.silence()


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
