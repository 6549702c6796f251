"""Start smtpd(8)."""

import asyncio
from collections.abc import Mapping
from functools import partial

from postroom.contracts.cleanup import CONTRACT as CLEANUP
from postroom.ipc.client import Client
from postroom.ipc.contract import Contract
from postroom.maillog.forms import Forms
from postroom.maillog.postscreen import PostscreenLog
from postroom.maillog.record import system_journal
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.listening import Background, Listening
from postroom.reception.smtpd.settings import Settings
from postroom.reception.smtpd.wiring import Peers, open_desk
from postroom.systemd.credentials import read_changed, read_settings
from postroom.systemd.places import socket_path
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = SmtpdLog.open(settings, "smtpd", Forms.of(settings.info_log_address_format))
    screen_log = None
    if settings.screens:
        screen_log = PostscreenLog(system_journal(settings, "postscreen"))
    peers = Peers.of(partial(_client, {CLEANUP: settings.cleanup_service_name}))
    desk = open_desk(settings, log, peers, Background(service.activity), screen_log)
    desk.authentication.leave = service.activity.leave
    stressed = desk.under_stress(read_changed(settings, "stressed"))
    listening = Listening(desk, service.activity, stressed)
    await listening.accept(service.listeners["smtpd"])
    leaving = asyncio.ensure_future(listening.until_leaving())
    await service.serve_until_idle(settings.max_idle)
    await listening.drain()
    leaving.cancel()


def _client(renamed: Mapping[Contract, str], contract: Contract) -> Client:
    """Asks at the socket of its contract's name, but where main.cf has another one."""
    return Client(socket_path(renamed.get(contract, contract.name)), contract)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
