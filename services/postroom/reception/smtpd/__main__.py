"""Wiring of smtpd."""

import asyncio

from postroom.contracts import cleanup, dns, proxymap, rewrite
from postroom.contracts.intake import Intake
from postroom.ipc.client import Client
from postroom.maillog.smtpd import SmtpdLog
from postroom.reception.smtpd.access.request import Resources
from postroom.reception.smtpd.desk import open_desk
from postroom.reception.smtpd.listening import Background, Listening
from postroom.reception.smtpd.lookups.destinations import Destinations
from postroom.reception.smtpd.lookups.names import Names
from postroom.reception.smtpd.lookups.tables import Tables
from postroom.reception.smtpd.settings import Settings
from postroom.systemd.credentials import read_settings
from postroom.systemd.places import socket_path
from postroom.systemd.service import Service, run
from postroom.tables.match_list import NetworkList


async def smtpd(service: Service) -> None:
    settings = read_settings(Settings)
    log = SmtpdLog.open(settings.syslog_name, "smtpd")
    resources = Resources(
        settings=settings,
        log=log,
        tables=Tables(Client(socket_path("proxymap"), proxymap.CONTRACT)),
        destinations=Destinations(Client(socket_path("rewrite"), rewrite.CONTRACT)),
        names=Names(Client(socket_path("dns"), dns.CONTRACT)),
        mynetworks=NetworkList(
            settings.mynetworks,
            parents="mynetworks" in settings.parent_domain_matches_subdomains,
        ),
    )
    intake = Intake(Client(socket_path("cleanup"), cleanup.CONTRACT))
    background = Background(service.activity)
    listening = Listening(open_desk(resources, intake, background), service.activity)
    await listening.accept(service.listeners["smtpd"])
    leaving = asyncio.ensure_future(listening.until_leaving())
    await service.serve_until_idle(settings.max_idle)
    leaving.cancel()


def main() -> None:
    run(smtpd)


if __name__ == "__main__":
    main()
