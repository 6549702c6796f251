"""Start postdrop."""

import asyncio

from postroom.contracts.pickup import CONTRACT as PICKUP
from postroom.contracts.pickup import Wake
from postroom.ipc.client import Client
from postroom.ipc.contract import Unavailable
from postroom.maillog.postdrop import PostdropLog
from postroom.reception.login_senders import LoginSenders
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
    log = PostdropLog.open(settings.syslog_name, "postdrop")
    directory = prepare(state_directory(), log.warning)
    pickup = Client(socket_path("pickup"), PICKUP)
    calls: set[asyncio.Task[None]] = set()

    async def call_pickup() -> None:
        try:
            await pickup.ask(Wake())
        except Unavailable as error:
            log.cannot_wake_pickup(str(error))

    def taken() -> None:
        call = asyncio.ensure_future(call_pickup())
        calls.add(call)
        call.add_done_callback(calls.discard)

    room = Room(settings.queue_minfree)

    def homeless() -> None:
        """The next start makes the directory anew; where that is not ours to do, pickup does."""
        taken()
        service.activity.leave()

    events = Events(taken=taken, homeless=homeless)
    submitters = Submitters(settings.authorized_submit_users)
    senders = LoginSenders.of(settings, log.warning)
    limit = settings.message_size_limit
    session = Session(
        directory, limit, room, log, submitters=submitters, senders=senders, events=events
    )
    doorman = Doorman(session, service.activity)
    standing = asyncio.ensure_future(doorman.stand(service.listener("postdrop")))
    await service.serve_until_idle(settings.max_idle)
    standing.cancel()
    await asyncio.gather(*calls)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
