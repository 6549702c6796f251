"""Start verify(8)."""

from postroom.contracts import probed, verify
from postroom.contracts.cleanup import CONTRACT as CLEANUP
from postroom.contracts.cleanup import Handling
from postroom.contracts.intake import Intake
from postroom.ipc.client import Client
from postroom.ipc.serving import server_of
from postroom.lookup.verify.answers import Answers
from postroom.lookup.verify.cache import Cache
from postroom.lookup.verify.probes import Probes
from postroom.lookup.verify.settings import Settings
from postroom.maillog.verify import VerifyLog
from postroom.systemd.credentials import read_settings
from postroom.systemd.places import socket_path, state_directory
from postroom.systemd.service import Service, run


async def serve(service: Service) -> None:
    settings = read_settings(Settings)
    log = VerifyLog.open(settings, "verify")
    saved = state_directory() / "cache"
    cache = Cache.load(settings, saved)
    cleanup = Client(socket_path(settings.cleanup_service_name), CLEANUP)
    handling = Handling.internal("verify").detecting("verify", settings.smtputf8_autodetect_classes)
    probes = Probes(settings, Intake(cleanup, handling), log)
    answers = Answers(cache, probes)
    servers = (
        server_of(service, verify.CONTRACT, lambda _: answers.verify),
        server_of(service, probed.CONTRACT, lambda _: answers.learn),
    )
    await service.serve_until_idle(settings.max_idle)
    for server in servers:
        server.close()
    cache.save(saved)


def main() -> None:
    run(serve)


if __name__ == "__main__":
    main()
