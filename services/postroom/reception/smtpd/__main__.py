"""Wiring of smtpd."""

import asyncio

from postroom.contracts import cleanup, dns, milter, policy_client, proxymap, rewrite, showq, verify
from postroom.ipc.client import Client
from postroom.maillog.forms import Forms
from postroom.maillog.postscreen import PostscreenLog
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.desk import Peers, open_desk
from postroom.reception.smtpd.listening import Background, Listening
from postroom.reception.smtpd.settings import Settings
from postroom.systemd.credentials import read_changed, read_settings
from postroom.systemd.journal import SystemJournal
from postroom.systemd.places import socket_path
from postroom.systemd.service import Service, run


async def smtpd(service: Service) -> None:
    settings = read_settings(Settings)
    log = SmtpdLog.open(settings.syslog_name, "smtpd", Forms.of(settings.info_log_address_format))
    peers = Peers(
        cleanup=Client(socket_path(settings.cleanup_service_name), cleanup.CONTRACT),
        rewrite=Client(socket_path("rewrite"), rewrite.CONTRACT),
        proxymap=Client(socket_path("proxymap"), proxymap.CONTRACT),
        dns=Client(socket_path("dns"), dns.CONTRACT),
        showq=Client(socket_path("showq"), showq.CONTRACT),
        milter=Client(socket_path("milter"), milter.CONTRACT),
        policy=Client(socket_path("policy-client"), policy_client.CONTRACT),
        verify=Client(socket_path("verify"), verify.CONTRACT),
    )
    screen_log = None
    if settings.screens:
        screen_log = PostscreenLog(SystemJournal(f"{settings.syslog_name}/postscreen"))
    desk = open_desk(settings, log, peers, Background(service.activity), screen_log)
    desk.authentication.leave = service.activity.leave
    stressed = desk.under_stress(read_changed(settings, "stressed"))
    listening = Listening(desk, service.activity, stressed)
    await listening.accept(service.listeners["smtpd"])
    leaving = asyncio.ensure_future(listening.until_leaving())
    await service.serve_until_idle(settings.max_idle)
    await listening.drain()
    leaving.cancel()


def main() -> None:
    run(smtpd)


if __name__ == "__main__":
    main()
