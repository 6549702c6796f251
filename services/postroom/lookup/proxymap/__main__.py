"""Start proxymap(8)."""

from postroom.contracts.proxymap import CONTRACT
from postroom.ipc.serving import serve_contract
from postroom.lookup.proxymap.answers import Answers
from postroom.lookup.proxymap.served_tables import ServedTables
from postroom.lookup.proxymap.settings import Settings
from postroom.maillog.proxymap import ProxymapLog
from postroom.systemd.credentials import read_settings
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = ProxymapLog.open(settings, "proxymap")
    allowed = (*settings.proxy_read_maps, *settings.tables)
    tables = ServedTables(allowed, settings.socketmap_max_reply_size)
    answers = Answers(tables, log, service.activity.leave)
    await serve_contract(service, CONTRACT, lambda _: answers.answer, settings.max_idle)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
